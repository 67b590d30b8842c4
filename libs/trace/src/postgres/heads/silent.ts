/** A process sends a sign of life every 15 s. After this time without one it is taken for dead. */
export const SILENT_AFTER = '60 s';

/**
 * For a SELECT that has `sources s`, also by a left join: the process is taken for dead, so its active traces are shown and
 * counted as interrupted, ended at their last record. If it was only cut off, its next records make them active again.
 */
export const IS_SILENT = `(coalesce(s.seen_at >= now() - interval '${SILENT_AFTER}', false) = false)`;
