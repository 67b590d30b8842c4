import * as fc from 'fast-check';
import { createSerializer } from './serializer.js';

let calls = 0;
const called = (): string => {
  calls += 1;
  return 'called';
};
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, called]));
const getter = { get: called, enumerable: true };

/** Values that contain code of the application. `npm run bench -- fuzz` runs 100,000 of them, with worse ones. */
const WORSE: ((value: unknown) => unknown)[] = [
  (value) => value,
  (value) => Object.defineProperty({ value }, 'lazy', getter),
  (value) => Object.defineProperty([value, 1], 0, getter),
  (value) => ({ value, toJSON: called, toString: called, valueOf: called, [Symbol.toPrimitive]: called }),
  (value) => Object.create({ toJSON: called }, { value: { value, enumerable: true } }),
  (value) => Object.create(new Proxy({}, traps), { value: { value, enumerable: true } }),
  (value) => [value, new Proxy({}, traps), new Proxy(called, traps)],
  (value) => Object.defineProperty(Object.assign(new Error('failed', { cause: value }), { value }), 'lazy', getter),
];

describe('an arbitrary value', () => {
  it('is unchanged, and none of its code is called', () => {
    const { json, text, error } = createSerializer();
    const anything = fc.anything({ withMap: true, withSet: true, withBigInt: true, withNullPrototype: true });
    fc.assert(
      fc.property(anything, fc.array(fc.nat(WORSE.length - 1), { maxLength: 3 }), (data, worsening) => {
        calls = 0;
        const before = fc.stringify(data);
        const worse = worsening.reduce((value: unknown, how) => WORSE[how]!(value), data);
        expect(() => JSON.parse(json(worse))).not.toThrow();
        text(worse);
        error(worse);
        expect(calls).toBe(0);
        expect(fc.stringify(data)).toBe(before);
      }),
      { numRuns: 1_000 },
    );
  });
});
