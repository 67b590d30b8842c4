/**
 * Durations as counts in buckets whose widths grow with them, so that sums of any number of them can be added and taken
 * away: a bucket's middle is at most 1% from any duration in it.
 */
const GAMMA = 1.02;
const LOG_GAMMA = Math.log(GAMMA);
const MIDDLE = 2 / (1 + GAMMA);

/** The bucket of a duration in microseconds. A clock set back gives bucket 0. */
export function bucketOf(us: number): number {
  return us <= 1 ? 0 : Math.ceil(Math.log(us) / LOG_GAMMA);
}

/** A duration in milliseconds that stands for the bucket's. */
export function bucketMs(bucket: number): number {
  return bucket === 0 ? 0 : (GAMMA ** bucket * MIDDLE) / 1000;
}
