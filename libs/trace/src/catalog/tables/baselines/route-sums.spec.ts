import { RouteSums } from './route-sums.js';
import type { BaselineSample } from './baseline-sample.js';

const sample = (steps: Record<string, number[]>, repliedTwice = false): BaselineSample =>
  ({
    repliedTwice,
    steps: new Map(Object.entries(steps).map(([name, took]) => [name, { kind: 'tool', name, took }])),
  }) as unknown as BaselineSample;

const learned = (...ms: number[]): RouteSums => {
  const sums = new RouteSums();
  for (const each of ms) sums.learn(sample({ crm: [each * 1000] }), true);
  return sums;
};

describe('the sums of a route', () => {
  it('stay equal through encoding and decoding, merged before or after', () => {
    const [one, two] = [learned(0, 1, 100, 100, 4_000), learned(100, 86_400_000)];
    two.learn(sample({ other: [] }, true), true);
    two.learn(sample({ never: [1] }), false);
    const together = new RouteSums();
    together.add(one.encode());
    together.add(two.encode());
    const merged = RouteSums.decode(one.encode());
    merged.merge(two);
    expect(together.encode()).toEqual(merged.encode());
    expect(together.describe()).toEqual(merged.describe());
    expect(together).toMatchObject({ ended: 9, completed: 8, repliedTwice: 1 });
    expect(together.describe()).toMatchObject([
      { name: 'crm', traces: 7, timed: 7 },
      { name: 'other', traces: 1, timed: 0, p50Ms: 0, p95Ms: 0 },
    ]);
  });

  it('give the median and the 95th percentile of a step within 4%', () => {
    const [step] = learned(...Array.from({ length: 100 }, (_, index) => index + 1)).describe();
    expect(step!.p50Ms / 50).toBeCloseTo(1, 1);
    expect(step!.p95Ms / 95).toBeCloseTo(1, 1);
    expect(new RouteSums().describe()).toEqual([]);
  });
});
