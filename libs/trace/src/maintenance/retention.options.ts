import { badOption, durationOption, objectOption, sizeOption } from '../model/option-checks.js';

/** How long traces are kept, and how many bytes of them. */
export interface RetentionOptions {
  /** Age at which a trace is deleted: milliseconds, or a text such as `7d`. Default: 7 days. */
  maxAge?: number | string;
  /** Size of all segments together at which the oldest are deleted: bytes, or a text such as `1GiB`. Default: 1 GiB. */
  maxBytes?: number | string;
  /** Age at which a trace with an error is deleted, if it is higher than `maxAge`. Default: 30 days. */
  errorMaxAge?: number | string;
}

const DAY_MS = 86_400_000;

/**
 * @param canPrune whether the store deletes what retention does not keep: the embedded one does
 * @throws TraceCollectorError `OPTION_INVALID` for the first invalid option.
 */
export function resolveRetention(
  options?: RetentionOptions,
  canPrune = true,
): {
  maxAgeMs: number;
  maxBytes: number;
  errorMaxAgeMs: number;
} {
  if (options !== undefined && !canPrune) {
    throw badOption('retention', options, 'no value, because the store in `storage` has no `admin.prune`');
  }
  const given = objectOption('retention', options, ['maxAge', 'maxBytes', 'errorMaxAge']);
  const maxAgeMs = durationOption('retention.maxAge', given.maxAge, 7 * DAY_MS);
  return {
    maxAgeMs,
    maxBytes: sizeOption('retention.maxBytes', given.maxBytes, 2 ** 30),
    errorMaxAgeMs: Math.max(maxAgeMs, durationOption('retention.errorMaxAge', given.errorMaxAge, 30 * DAY_MS)),
  };
}
