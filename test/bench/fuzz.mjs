/**
 * The guarantees of the serializer, on arbitrary values: it never throws, changes nothing, calls no getter, and its
 * JSON is valid and within its bytes. Values of fast-check are made worse: fields become getters, proxies, cycles and
 * long texts.
 * `npm run bench -- fuzz [--runs 100000] [--seed N] [--way native|one-pass]`: one line of JSON; exit code 1 where a guarantee was broken.
 */
import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { createSerializer } from '../../dist/libs/trace/src/serialize/serializer.js';

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() >>> 0) },
    way: { type: 'string' },
  },
});
const [runs, seed] = [Number(flags.runs), Number(flags.seed)];
if (!Number.isInteger(runs) || runs < 1) throw new RangeError(`--runs is '${flags.runs}'; give a whole number above 0`);
if (!Number.isInteger(seed)) throw new RangeError(`--seed is '${flags.seed}'; give a whole number`);
if (![undefined, 'native', 'one-pass'].includes(flags.way)) {
  throw new RangeError(`--way is '${flags.way}'; give native or one-pass`);
}

/** Small values reach small limits. */
const CAPS = [1_024, 4_096, 256 * 1_024];
const serializers = CAPS.map((maxEventBytes, i) =>
  createSerializer({
    way: flags.way,
    limits: { maxEventBytes, ...(i === 0 ? { maxNodes: 40, maxDepth: 4, maxStringLength: 60 } : {}) },
  }),
);
const results = { thrown: 0, called: 0, mutated: 0, over_cap: 0, invalid: 0 };
const called = () => {
  results.called += 1;
  return 'called';
};
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, called]));

class Entity {}
/** Things an application can do to a value that arbitrary data never contains. */
const WORSE = [
  (value) => value,
  (value) => Object.defineProperty({ value, after: 1 }, 'lazy', { get: called, enumerable: true }),
  (value) => Object.defineProperty([value, 1], 0, { get: called, enumerable: true }),
  (value) => ({ value, toJSON: called, toString: called, valueOf: called }),
  (value) => Object.assign(Object.create({ toJSON: called }), { value }),
  (value) => [value, new Proxy({}, traps), new Proxy(called, traps)],
  (value) => Object.create(new Proxy({}, traps), { value: { value, enumerable: true } }),
  (value) => {
    const boxed = Object.defineProperty(Object(5), 'valueOf', { value: called });
    return [
      value,
      boxed,
      Object.setPrototypeOf(Object.defineProperty(Object('x'), 'toString', { value: called }), Object.prototype),
    ];
  },
  (value) => {
    const ring = { value, list: [value] };
    ring.list.push(ring);
    return ring;
  },
  (value) => [value, value, [value], new Map([[value, value]]), new Set([value])],
  (value) => Object.assign(new Entity(), { value, at: new Date(0) }),
  (value) => Object.assign(new Error('failed', { cause: value }), { value }),
  (value) => ({ ['k'.repeat(300)]: value, text: 'long \ud83d\ude00'.repeat(400) }),
  (value) => ({ password: value, token: 'abc', list: ['authorization', 'Bearer abcdefgh'] }),
];
const anything = fc.anything({
  stringUnit: 'binary',
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
});
const value = fc.tuple(anything, fc.array(fc.nat(WORSE.length - 1), { maxLength: 3 }));

const samples = fc.sample(value, { numRuns: runs, seed });
const start = performance.now();
for (const [data, worsening] of samples) {
  const before = fc.stringify(data);
  const worse = worsening.reduce((made, how) => WORSE[how](made), data);
  serializers.forEach((serializer, i) => check(serializer, CAPS[i], worse));
  if (fc.stringify(data) !== before) results.mutated += 1;
}
const broken = Object.values(results).some((times) => times > 0);
console.log(JSON.stringify({ bench: 'fuzz', runs, seed, ms: Math.round(performance.now() - start), ...results }));
process.exitCode = broken ? 1 : 0;

function check(serializer, cap, worse) {
  try {
    const json = serializer.json(worse);
    if (Buffer.byteLength(json) > cap) results.over_cap += 1;
    serializer.error(worse);
    serializer.text(worse, 100);
    try {
      JSON.parse(json);
    } catch {
      results.invalid += 1;
    }
  } catch {
    results.thrown += 1;
  }
}
