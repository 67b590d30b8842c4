import { Traced } from '../../../context/decorators/traced.decorator.js';
import { traced } from '../../../context/functions/traced-function.js';
import { Probe, tryCase } from './conformance-case.js';
import type { Wrap } from './conformance-case.js';
import { FUNCTION_GROUPS } from './function-conformance.js';

const FUNCTION_CASES = FUNCTION_GROUPS.flatMap(([, cases]) => cases);

const onMethod: Wrap = (fn) => {
  const descriptor = { value: fn, configurable: true, writable: true };
  Traced()(class Owner {}.prototype, 'work', descriptor);
  return descriptor.value;
};

const onClass: Wrap = (fn) => {
  class Owner {}
  Object.defineProperty(Owner.prototype, 'work', { value: fn, configurable: true, writable: true });
  Traced()(Owner);
  return (Owner.prototype as unknown as { work: typeof fn }).work;
};

const wrappers: [string, Wrap][] = [
  ['traced(fn)', (fn) => traced(fn as never, 'work') as never],
  ['@Traced() on a method', onMethod],
  ['@Traced() on a class', onClass],
];

describe.each(wrappers)('%s', (_name, wrap) => {
  it.each(FUNCTION_CASES.map((one) => [one.name, one] as const))('%s', async (_case, one) => {
    await tryCase(() => one.run(wrap, new Probe()));
  });

  it('only calls the function when there is no trace, or when the trace accepts no more spans', () => {
    const probe = new Probe();
    const work = wrap((a: number) => a + 1);
    expect(work(1)).toBe(2);
    probe.recorder.maxSpans = 0;
    expect(probe.inTrace(() => work(1))).toBe(2);
    expect(probe.recorder.spans).toEqual([]);
  });
});
