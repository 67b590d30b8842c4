import { badOption, durationOption, objectOption, sizeOption, type ByteSize } from '../model/option-checks.js';
import type { Duration } from '../model/time.js';

/** How long traces are kept, and how many bytes of them. */
export interface RetentionOptions {
  /** Age at which a trace is deleted: milliseconds, or a text such as `7d`. Default: `TRACE_MAX_AGE`, else 7 days. */
  maxAge?: Duration;
  /** Size of all segments together at which the oldest are deleted: bytes, or a text such as `1GiB`. Default: `TRACE_MAX_BYTES`, else 1 GiB. */
  maxBytes?: ByteSize;
  /** Age at which a trace with an error is deleted, if it is higher than `maxAge`. Default: `TRACE_ERROR_MAX_AGE`, else 30 days. */
  errorMaxAge?: Duration;
}

const DAY_MS = 86_400_000;

/**
 * @param canPrune whether the store deletes what retention does not keep: the embedded one does
 * @throws TraceCollectorError `OPTION_INVALID` for the first invalid option.
 */
export function resolveRetention(
  options?: RetentionOptions,
  canPrune = true,
  env: NodeJS.ProcessEnv = {},
): {
  maxAgeMs: number;
  maxBytes: number;
  errorMaxAgeMs: number;
} {
  if (options !== undefined && !canPrune) {
    throw badOption('retention', options, 'no value, because the store in `storage` has no `admin.prune`');
  }
  const given = objectOption('retention', options, ['maxAge', 'maxBytes', 'errorMaxAge']);
  // A variable is the default of an option, and is checked like one. An empty one counts as not set.
  const ms = (name: string, fallback: number): number => durationOption(name, env[name] || undefined, fallback);
  const maxAgeMs = durationOption('retention.maxAge', given.maxAge, ms('TRACE_MAX_AGE', 7 * DAY_MS));
  const errorMaxAgeMs = durationOption(
    'retention.errorMaxAge',
    given.errorMaxAge,
    ms('TRACE_ERROR_MAX_AGE', 30 * DAY_MS),
  );
  const maxBytes = sizeOption('TRACE_MAX_BYTES', env.TRACE_MAX_BYTES || undefined, 2 ** 30);
  return {
    maxAgeMs,
    maxBytes: sizeOption('retention.maxBytes', given.maxBytes, maxBytes),
    errorMaxAgeMs: Math.max(maxAgeMs, errorMaxAgeMs),
  };
}
