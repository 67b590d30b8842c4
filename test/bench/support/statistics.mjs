/** Median of numbers in any order; `NaN` for none. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Numbers from 0 to 1, the same for the same seed (mulberry32): an interval can be repeated from the readings of a run.
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Share of the samples that is inside of an interval. */
export const LEVEL = 0.95;
const SAMPLES = 4_000;
const SEED = 1;

/**
 * `{ value, low, high }` of a statistic of rounds: its value, and the percentile interval of bootstrap samples. A sample
 * takes whole rounds, because the variants of one round ran on the same machine in the same minute. Samples without a
 * finite value, such as a ratio to 0, count as infinite, so that they widen the interval and do not disappear.
 */
export function bootstrap(rounds, statistic, { level = LEVEL, samples = SAMPLES, seed = SEED } = {}) {
  const random = seededRandom(seed);
  const drawn = Array.from({ length: samples }, () => {
    const value = statistic(rounds.map(() => rounds[Math.floor(random() * rounds.length)]));
    return Number.isNaN(value) ? Infinity : value;
  }).sort((a, b) => a - b);
  const tail = Math.floor(((1 - level) / 2) * samples);
  return { value: statistic(rounds), low: drawn[tail], high: drawn[samples - 1 - tail] };
}

/** Median of what `pick` reads from each round. */
export function medianOf(rounds, pick) {
  return median(rounds.map(pick));
}

/** Ratio of the medians of two readings: not the median of the ratios of rounds, which a bad round of either moves. */
export function ratioOfMedians(rounds, pick, reference) {
  return medianOf(rounds, pick) / medianOf(rounds, reference);
}

/** Difference of the medians of two readings: what a variant adds to the base. */
export function addedByMedians(rounds, pick, base) {
  return medianOf(rounds, pick) - medianOf(rounds, base);
}

/** Ratio of what two variants add to the same base, by medians. */
export function ratioOfAdded(rounds, pick, reference, base) {
  return addedByMedians(rounds, pick, base) / addedByMedians(rounds, reference, base);
}
