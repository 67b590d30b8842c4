import {
  addedByMedians,
  bootstrap,
  median,
  medianOf,
  ratioOfAdded,
  ratioOfMedians,
  seededRandom,
} from './bench/support/statistics.mjs';

describe('the statistics of the benches', () => {
  it('has the median of odd, even and unsorted samples, and leaves the sample as it was', () => {
    const sample = [3, 1, 2];
    expect(median(sample)).toBe(2);
    expect(sample).toEqual([3, 1, 2]);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([10, 9])).toBe(9.5);
    expect(median([])).toBeNaN();
  });

  it('draws the same numbers for the same seed, evenly from 0 to 1', () => {
    const random = seededRandom(7);
    const again = seededRandom(7);
    const drawn = Array.from({ length: 10_000 }, random);
    expect(drawn.slice(0, 5)).toEqual(Array.from({ length: 5 }, again));
    expect(seededRandom(8)()).not.toBe(drawn[0]);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    expect(drawn.reduce((sum, value) => sum + value) / drawn.length).toBeCloseTo(0.5, 1);
  });

  it('has the interval of the mean of a known sample where theory has it', () => {
    // 1 to 100: the mean is 50.5, its standard error 28.87 / 10, so 95% is 50.5 ± 5.66.
    const sample = Array.from({ length: 100 }, (_, i) => i + 1);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const wide = bootstrap(sample, mean, { level: 0.95, samples: 3_000, seed: 42 });
    expect(wide.value).toBe(50.5);
    expect(Math.abs(wide.low - 44.84)).toBeLessThan(0.8);
    expect(Math.abs(wide.high - 56.16)).toBeLessThan(0.8);
    const narrow = bootstrap(sample, mean, { level: 0.5, samples: 3_000, seed: 42 });
    expect(Math.abs(narrow.low - 48.55)).toBeLessThan(0.8);
    expect(Math.abs(narrow.high - 52.45)).toBeLessThan(0.8);
    expect(bootstrap(sample, mean, { seed: 1 })).toEqual(bootstrap(sample, mean, { seed: 1 }));
  });

  it('draws whole rounds: a machine that slows all variants down does not widen a ratio', () => {
    const rounds = Array.from({ length: 12 }, (_, i) => ({ a: 2 * 2 ** i, b: 2 ** i }));
    const ratio = bootstrap(rounds, (some) =>
      ratioOfMedians(
        some,
        (r) => r.a,
        (r) => r.b,
      ),
    );
    expect(ratio).toEqual({ value: 2, low: 2, high: 2 });
  });

  it('has an interval without width for rounds that do not differ', () => {
    const still = bootstrap([5, 5, 5], (values) => medianOf(values, (value) => value));
    expect(still).toEqual({ value: 5, low: 5, high: 5 });
  });

  it('compares medians, so that one bad round moves nothing', () => {
    const rounds = [
      { base: 10, a: 14, b: 12 },
      { base: 10, a: 14, b: 12 },
      { base: 10, a: 14, b: 900 },
    ];
    const pick = (name: 'base' | 'a' | 'b') => (round: (typeof rounds)[number]) => round[name];
    expect(addedByMedians(rounds, pick('a'), pick('base'))).toBe(4);
    expect(ratioOfMedians(rounds, pick('a'), pick('b'))).toBeCloseTo(14 / 12);
    expect(ratioOfAdded(rounds, pick('a'), pick('b'), pick('base'))).toBe(2);
  });

  it('widens an interval by samples that have no value', () => {
    // A variant that adds nothing in some samples: the ratio to it has no value there.
    const rounds = [
      { base: 1, a: 2, b: 1 },
      { base: 1, a: 2, b: 2 },
    ];
    const ratio = bootstrap(rounds, (some) =>
      ratioOfAdded(
        some,
        (r) => r.a,
        (r) => r.b,
        (r) => r.base,
      ),
    );
    expect(ratio.value).toBe(2);
    expect(ratio.high).toBe(Infinity);
  });
});
