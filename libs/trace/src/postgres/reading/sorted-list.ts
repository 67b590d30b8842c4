import { NO_VALUE, sortedPage, type PageOrder } from '../../catalog/queries/trace-order.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { TracePage } from '../../model/trace.js';
import type { Database } from '../connection/database.js';
import { codeOf, originOf } from '../connection/pg-error.js';
import { MATCH, paramsOf, RANGE, type FilterParams } from './conditions.js';
import { SHOWN_COLUMNS, SHOWN_END, shownHead, WITH_LIVE, type ShownRow } from './shown-head.js';
import { sourcesOf } from './sources.js';
import { Statement } from './statement.js';
import type { TextIndex } from './text-index.js';
import { isNarrow, listRows } from './trace-list.js';
import { RAW } from './walks.js';

/** Rows that are read and sorted here: where a filter leaves no more, its own index is faster than that of the values. */
const FEW = 1_000;
/** Milliseconds for a statement over all days, and for one over the newest day where the first was cancelled. */
const ALL_MS = 2_000;
const DAY_MS = 1_000;
const DAY_US = 86_400_000_000;
/** SQLSTATE of a statement that took too long. */
const CANCELLED = '57014';

const DURATION = 'h.ended_us - h.started_us';
const ACTIVE_DURATION = `coalesce(${SHOWN_END}, :now) - h.started_us`;

/** The highest values after a place. The first condition is for the index. */
function walk(condition: string, value: string): string {
  return `(SELECT ${RAW}, ${value} AS value FROM nestjs_traces.heads h
    WHERE ${condition} AND ${value} <= :value AND (${value}, h.started_us, h.key) < (:value, :placeUs, :placeKey)
      AND ${RANGE} AND ${MATCH}
    ORDER BY ${value} DESC, h.started_us DESC, h.key DESC LIMIT :limit)`;
}

function page(...walks: string[]): Statement {
  return new Statement(
    `${WITH_LIVE} SELECT ${SHOWN_COLUMNS} FROM (${walks.join(' UNION ALL ')}) h
     ORDER BY h.value DESC, h.started_us DESC, h.key DESC LIMIT :limit`,
  );
}

const LONGEST = page(
  walk('h.ended_us IS NOT NULL', DURATION),
  walk(`h.status = 'active' AND h.status <> 'completed'`, ACTIVE_DURATION),
);
const DEAREST = page(walk('h.cost_nano IS NOT NULL', 'h.cost_nano'));
/** Newest first: they all have the same value. */
const WITHOUT_COST = page(walk('h.cost_nano IS NULL', `${NO_VALUE}::bigint`));

type SortParams = FilterParams & { limit: number; value: number; placeUs: number; placeKey: string };

/** One page with the highest values first. `partial`: it took too long, and has traces of the newest day only, or none. */
export async function listSorted(
  db: Database,
  filter: TraceConditions,
  limit: number,
  order: PageOrder,
  texts: TextIndex,
): Promise<TracePage> {
  if (isNarrow(filter)) {
    const { rows, partial } = await listRows(db, filter, FEW + 1, undefined, texts);
    if (rows.length <= FEW && !partial) return sortedPage(order, rows.map(shownHead), limit);
  }
  const sources = filter.instance === undefined ? undefined : await sourcesOf(db, filter.instance);
  if (sources?.length === 0) return sortedPage(order, [], limit);
  const { after, now } = order;
  const params: SortParams = {
    ...paramsOf(filter, undefined, sources),
    now,
    limit: limit + 1,
    value: after?.value ?? Number.MAX_SAFE_INTEGER,
    placeUs: after?.startedAt ?? Number.MAX_SAFE_INTEGER,
    placeKey: after?.key ?? '',
  };
  const found = order.sort === 'duration' ? await inTime(db, LONGEST, params) : await dearest(db, params);
  const sorted = sortedPage(order, found.rows.map(shownHead), limit);
  return found.partial ? { ...sorted, partial: true } : sorted;
}

interface Found {
  rows: ShownRow[];
  partial: boolean;
}

async function dearest(db: Database, params: SortParams): Promise<Found> {
  const known = params.value > NO_VALUE ? await inTime(db, DEAREST, params) : { rows: [], partial: false };
  if (known.rows.length >= params.limit || known.partial) return known;
  const rest = await inTime(db, WITHOUT_COST, { ...params, limit: params.limit - known.rows.length });
  return { rows: [...known.rows, ...rest.rows], partial: rest.partial };
}

/** Asks for all days; where that takes too long, for the newest. */
async function inTime(db: Database, statement: Statement, params: SortParams): Promise<Found> {
  const all = await within(db, statement, params, ALL_MS);
  if (all) return { rows: all, partial: false };
  const since = Math.max(params.since, Math.min(params.beforeUs, params.now) - DAY_US);
  return { rows: (await within(db, statement, { ...params, since }, DAY_MS)) ?? [], partial: true };
}

/** `undefined`: it was cancelled. */
async function within(
  db: Database,
  statement: Statement,
  params: SortParams,
  statementMs: number,
): Promise<ShownRow[] | undefined> {
  try {
    return await db.transaction((sql) => statement.rows<ShownRow>(sql, params), { statementMs });
  } catch (error) {
    if (codeOf(originOf(error)) === CANCELLED) return undefined;
    throw error;
  }
}
