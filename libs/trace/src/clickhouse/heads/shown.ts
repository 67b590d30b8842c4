/** Without a sign of life for this long, a process is taken for dead. */
export const SILENT_US = 60_000_000;

/** SQL: the server's time in microseconds. */
export const NOW_US = 'toUnixTimestamp64Micro(now64(6))';

/** The last sign of life of each process, and whether it was its last one. */
export const SIGNS = `
  SELECT writer, max(seen) AS seen_us, max(ended) AS closed FROM (
    SELECT writer, registered_us AS seen, 0 AS ended FROM nestjs_traces.sources
    UNION ALL SELECT writer, seen_us, closed FROM nestjs_traces.beats FINAL
    UNION ALL SELECT source, stored_us, 0 FROM nestjs_traces.positions FINAL WHERE own = 1
  ) GROUP BY writer`;

/** Processes that cannot end their traces any more. One that is not registered is not among them. */
const SILENT = `SELECT writer FROM (${SIGNS}) WHERE closed = 1 OR seen_us < ${NOW_US} - ${SILENT_US}`;

/** A condition: the trace of this row runs in a process that is silent. */
export const IS_SILENT = `(status = 'active' AND source IN (${SILENT}))`;

/** The status that answers have: a trace of a silent process is interrupted, before maintenance writes so. */
export const SHOWN_STATUS = `if(${IS_SILENT}, 'interrupted', status)`;

/** The end that answers have. */
export const SHOWN_END = `if(${IS_SILENT}, last_us, ended_us)`;

/** A condition: the trace was neither cleared nor erased. */
export const IS_KEPT = 'key NOT IN (SELECT key FROM nestjs_traces.removed)';

/** A condition: a user pinned the trace. */
export const IS_PINNED = 'key IN (SELECT key FROM nestjs_traces.pins FINAL WHERE pinned = 1)';
