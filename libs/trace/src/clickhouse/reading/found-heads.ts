import type { Micros, TraceKey } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import type { ClickHouse, Params } from '../connection/click-house.js';
import { HEAD_COLUMNS, headOf, type HeadRow } from '../heads/head-row.js';
import { IS_KEPT, IS_PINNED, SHOWN_END, SHOWN_STATUS } from '../heads/shown.js';
import { instancesOf } from './instance-names.js';

/** A row of `heads` with what answers show of it. */
interface FoundRow extends HeadRow {
  shown_status: HeadRow['status'];
  shown_end: number | null;
  is_pinned: 0 | 1;
}

const ORDER = 'ORDER BY started_us DESC, key DESC LIMIT {limit:UInt32}';
const SHOWN = `
SELECT ${HEAD_COLUMNS}, ${SHOWN_STATUS} AS shown_status, ${SHOWN_END} AS shown_end, ${IS_PINNED} AS is_pinned
FROM nestjs_traces.heads FINAL`;

/** Heads as answers have them, newest first, of the rows that count. */
export async function findHeads(
  db: ClickHouse,
  conditions: readonly string[],
  params: Params,
  limit: number,
): Promise<TraceHead[]> {
  const where = [...conditions, IS_KEPT].join(' AND ');
  const rows = await db.rows<FoundRow>(`${SHOWN} WHERE ${where} ${ORDER}`, { ...params, limit });
  const instances = await instancesOf(
    db,
    rows.map(({ source }) => source),
  );
  return rows.map((row) => shownHead(row, instances.get(row.source)));
}

/** Places of rows that fit, whatever their version, newest first. Reads no whole rows and merges none. */
export async function findCandidates(
  db: ClickHouse,
  conditions: readonly string[],
  params: Params,
  limit: number,
): Promise<HeadPlace[]> {
  const statement = `
SELECT started_us, key FROM nestjs_traces.heads WHERE ${conditions.join(' AND ')} GROUP BY started_us, key ${ORDER}`;
  const rows = await db.rows<{ started_us: number; key: string }>(statement, { ...params, limit });
  return rows.map(({ started_us, key }) => [started_us, key]);
}

/** A start time and a key: the sorting key of `heads`. */
export type HeadPlace = [started: Micros, key: TraceKey];

const AT_PLACES = `started_us >= {oldest:Int64} AND started_us <= {newest:Int64} AND started_us IN {starts:Array(Int64)}
  AND key IN {keys:Array(String)}`;

/** The heads at these places that fit. */
export async function headsAt(
  db: ClickHouse,
  places: readonly HeadPlace[],
  conditions: readonly string[] = [],
  params: Params = {},
  limit: number = places.length,
): Promise<TraceHead[]> {
  if (places.length === 0) return [];
  const starts = [...new Set(places.map(([started]) => started))];
  const keys = [...new Set(places.map(([, key]) => key))];
  const at = { starts, keys, oldest: Math.min(...starts), newest: Math.max(...starts) };
  return findHeads(db, [AT_PLACES, ...conditions], { ...params, ...at }, limit);
}

function shownHead(row: FoundRow, instance: string | undefined): TraceHead {
  return {
    ...headOf({ ...row, status: row.shown_status, ended_us: row.shown_end }),
    ...(row.is_pinned === 1 && { pinned: true as const }),
    ...(instance !== undefined && { instance }),
  };
}
