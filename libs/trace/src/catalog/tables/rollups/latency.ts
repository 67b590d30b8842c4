/**
 * Durations are counted in buckets 2% wide, so that counts can be added and subtracted. The middle of a bucket is at most 1%
 * from any duration in it.
 */
const GAMMA = 1.02;
const LOG_GAMMA = Math.log(GAMMA);
const MIDDLE = 2 / (1 + GAMMA);

/** The bucket of a duration in microseconds. A clock set back gives bucket 0. */
export function bucketOf(us: number): number {
  return us <= 1 ? 0 : Math.ceil(Math.log(us) / LOG_GAMMA);
}

/** The duration in milliseconds that represents a bucket. */
export function bucketMs(bucket: number): number {
  return bucket === 0 ? 0 : (GAMMA ** bucket * MIDDLE) / 1000;
}
