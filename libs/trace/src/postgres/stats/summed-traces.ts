import type { Micros, TraceKey } from '../../model/record.js';
import type { TraceStatus } from '../../model/status.js';
import type { TraceUsage } from '../../model/trace.js';
import type { NamedUse } from '../../shared/ship-target.js';
import type { Sql } from '../connection/database.js';
import { IS_SILENT } from '../heads/silent.js';

/** What the sums need of a trace. */
export interface SummedTrace {
  startedAt: Micros;
  /** Of an active trace: its start. */
  endedAt: Micros;
  status: TraceStatus;
  uses: readonly NamedUse[];
  usage: TraceUsage | null;
  /** Replies that it recorded. */
  replies: number;
}

interface Row {
  key: TraceKey;
  started_us: Micros;
  ended_us: Micros;
  status: TraceStatus;
  uses: string;
  /** `null`: the trace made no model calls. */
  doc: string | null;
  replies: number;
}

/** Traces in memory: about 1 MB, 15 ms of decoding. */
const PAGE = 500;

/** `doc` has the message and more, which the sums do not need: it is read only where it has usage. */
const COLUMNS = `h.key, h.started_us, h.uses, CASE WHEN h.doc LIKE '%"usage":{%' THEN h.doc END AS doc,
  coalesce(substring(h.doc from '"counts":\\{[^}]*"replies":(\\d+)')::int, 0) AS replies`;
/** `$1` and `$2`: first and last start, `$3`: key of the last trace of the page before, which began at `$1`. */
const PAGE_OF = (traces: string): string => `${traces}
  AND h.started_us BETWEEN $1 AND $2 AND (h.started_us, h.key) > ($1, $3)
  ORDER BY h.started_us, h.key LIMIT ${PAGE}`;

const ENDED = PAGE_OF(`
  SELECT ${COLUMNS}, coalesce(h.ended_us, h.last_us) AS ended_us, h.status
  FROM nestjs_traces.heads h WHERE h.status <> 'active'`);

const ACTIVE = PAGE_OF(`
  SELECT ${COLUMNS},
    CASE WHEN ${IS_SILENT} THEN h.last_us ELSE h.started_us END AS ended_us,
    CASE WHEN ${IS_SILENT} THEN 'interrupted' ELSE 'active' END AS status
  FROM nestjs_traces.heads h LEFT JOIN nestjs_traces.sources s ON s.source = h.source WHERE h.status = 'active'`);

/** Calls `each` for the ended traces that began from `since` to `until`, in the order of their start. */
export function eachEnded(sql: Sql, since: Micros, until: Micros, each: (trace: SummedTrace) => void): Promise<void> {
  return eachOf(sql, ENDED, since, until, each);
}

/** The same for active traces; those of processes that are gone are `interrupted`. */
export function eachActive(sql: Sql, since: Micros, until: Micros, each: (trace: SummedTrace) => void): Promise<void> {
  return eachOf(sql, ACTIVE, since, until, each);
}

async function eachOf(
  sql: Sql,
  statement: string,
  since: Micros,
  until: Micros,
  each: (trace: SummedTrace) => void,
): Promise<void> {
  let [from, key] = [since, ''];
  for (;;) {
    const rows = await sql.rows<Row>(statement, [from, until, key]);
    for (const row of rows) each(summedTrace(row));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    [from, key] = [last.started_us, last.key];
  }
}

function summedTrace({ started_us, ended_us, status, uses, doc, replies }: Row): SummedTrace {
  return {
    replies,
    startedAt: started_us,
    endedAt: ended_us,
    status,
    uses: JSON.parse(uses) as NamedUse[],
    usage: doc === null ? null : (JSON.parse(doc) as { usage: TraceUsage | null }).usage,
  };
}
