import { FAILED_STATUSES } from '../../model/status.js';
import { IS_KEPT, SHOWN_END, SHOWN_STATUS } from '../heads/shown.js';

const FAILED = `(${FAILED_STATUSES.map((status) => `'${status}'`).join(', ')})`;
const IN_RANGE = `started_us >= {since:Int64} AND started_us <= {until:Int64} AND ${IS_KEPT}`;
const HEADS = 'nestjs_traces.heads FINAL';
/** The bucket of a duration, as `latency.ts` has it. */
const BUCKET = '(if(lasted <= 1, 0, ceil(log(lasted) / log(1.02))))::Int32';

/** Times between which traces can be. Reads no rows. */
export const RANGE =
  'SELECT min(started_us) AS oldest, max(started_us) AS newest, toInt64(count()) AS n FROM nestjs_traces.heads';

export const COUNTS = `
SELECT toInt64(count()) AS total, toInt64(countIf(shown = 'active')) AS active, toInt64(countIf(shown IN ${FAILED})) AS errors
FROM (SELECT ${SHOWN_STATUS} AS shown FROM ${HEADS} WHERE ${IS_KEPT})`;

/** Traces by status, with their durations; those of traces that run are 0. */
export const STATUSES = `
SELECT shown AS status, toInt64(count()) AS n, toInt64(sum(lasted)) AS us, sumMap([${BUCKET}], [1::Int64]) AS took
FROM (
  SELECT ${SHOWN_STATUS} AS shown, greatest(0, ifNull(${SHOWN_END}, started_us) - started_us) AS lasted
  FROM ${HEADS} WHERE ${IN_RANGE}
) GROUP BY shown`;

/** Durations of ended traces in microseconds, ascending. */
export const DURATIONS = `
SELECT assumeNotNull(ended) - started_us AS us
FROM (SELECT started_us, ${SHOWN_END} AS ended FROM ${HEADS} WHERE ${IN_RANGE})
WHERE ended IS NOT NULL ORDER BY us`;

/** Uses by name. An agent that was routed to and has no span was used once. */
export const USES = `
SELECT kind, name, toInt64(sum(greatest(1, times))) AS n, toInt64(sum(failed)) AS errors, toInt64(sum(us_sum)) AS us,
  sumMap(buckets, arrayMap(bucket -> 1::Int64, buckets)) AS took
FROM (
  SELECT use_kind, use_name, use_n, use_errors, use_us, use_took FROM ${HEADS} WHERE ${IN_RANGE} AND notEmpty(use_kind)
) ARRAY JOIN use_kind AS kind, use_name AS name, use_n AS times, use_errors AS failed, use_us AS us_sum, use_took AS buckets
WHERE times >= 0
GROUP BY kind, name ORDER BY n DESC, name LIMIT {names:UInt32} BY kind`;

/** Sums over the model calls of models and agents. */
export const SPENT = `
SELECT kind, name, sumForEach(each) AS sums
FROM (SELECT spent_kind, spent_name, spent_sums FROM ${HEADS} WHERE ${IN_RANGE} AND notEmpty(spent_kind))
ARRAY JOIN spent_kind AS kind, spent_name AS name, spent_sums AS each
GROUP BY kind, name ORDER BY kind, name`;

export const USAGE_BY_DAY = `
SELECT intDiv(started_us, {width:Int64}) * {width:Int64} AS day, sumForEach(usage) AS sums
FROM ${HEADS} WHERE ${IN_RANGE} AND notEmpty(usage) GROUP BY day ORDER BY day`;

export const BARS = `
SELECT intDiv(started_us, {width:Int64}) * {width:Int64} AS at, toInt64(count()) AS total,
  toInt64(countIf(shown IN ${FAILED})) AS errors
FROM (SELECT started_us, ${SHOWN_STATUS} AS shown FROM ${HEADS} WHERE ${IN_RANGE})
GROUP BY at ORDER BY at`;

/** Numbers of each range, by its place from 1. A part without traces has no row. */
export const PARTS = `
SELECT part, toInt64(count()) AS total, toInt64(countIf(shown IN ${FAILED})) AS failed,
  sumMapIf([${BUCKET}], [1::Int64], shown != 'active') AS took, toInt64(sum(replies)) AS replies,
  sumForEachIf(usage, notEmpty(usage)) AS sums
FROM (
  SELECT toInt32(arrayFirstIndex((since, until) -> started_us >= since AND started_us <= until,
      {sinces:Array(Int64)}, {untils:Array(Int64)})) AS part,
    ${SHOWN_STATUS} AS shown, greatest(0, ifNull(${SHOWN_END}, started_us) - started_us) AS lasted,
    JSONExtractInt(doc, 'counts', 'replies') AS replies, usage
  FROM ${HEADS} WHERE ${IN_RANGE}
) WHERE part > 0 GROUP BY part`;
