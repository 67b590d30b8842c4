import { performance } from '../../model/timers.js';
import { statusList } from '../../model/status.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { TracePage } from '../../model/trace.js';
import type { StatementName } from '../db/statements.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import type { TimePartition } from '../tables/partitions/time-partitions.js';
import { headOf, type TraceRow } from '../tables/trace-row.js';
import { NO_VALUE, pageOrder, sortedPage, type PageOrder, type ValueSort } from './trace-order.js';
import { paramsOf, singleIds, walk, type Params } from './trace-lists.js';

/**
 * Traces that are read and sorted in memory: where a filter leaves no more of them, its own index is faster than that of the
 * values (2,000 rows take 15 ms). A filter that more traces meet fills a page of 50 after some thousand rows at most.
 */
const FEW = 2_000;
/** Milliseconds after which no further partition is read; the page is then `partial`. */
const SORT_MS = 500;
const EVER = Number.MAX_SAFE_INTEGER;

/** Rows, and whether all partitions were read. */
interface Found {
  rows: TraceRow[];
  isCut: boolean;
}

/**
 * One page of traces with the highest values first. Traces that run have their duration until now. Throws `BAD_POSITION`.
 * The page is `partial` where a filter without an index takes too long: it then has the traces of the newest partitions.
 *
 * @param few number of rows that are sorted in memory instead of read in the order of the values
 */
export function listSorted(
  tx: IndexTransaction,
  filter: TraceConditions,
  sort: ValueSort,
  limit: number,
  before?: string,
  few = FEW,
): TracePage {
  const order = pageOrder(sort, before);
  const lists = singleIds(filter).map((each) => oneList(tx, each, order, limit + 1, few));
  const rows = lists.flatMap((list) => list.rows);
  const page = sortedPage(order, rows.map(headOf), limit);
  return lists.some(({ isCut }) => isCut) ? { ...page, partial: true } : page;
}

function oneList(tx: IndexTransaction, filter: TraceConditions, order: PageOrder, limit: number, few: number): Found {
  const given = paramsOf(tx, filter, limit, undefined);
  if (!given) return { rows: [], isCut: false };
  const params: Params = { ...given, now: order.now };
  if (hasIndex(tx, filter, params, few)) {
    const rows = walk(tx, filter, { ...params, limit: filter.sentMessageIds ? FEW : few + 1 });
    // Only the walk by sent messages compares them. No message is sent by thousands of traces.
    if (rows.length <= few || filter.sentMessageIds) return { rows, isCut: false };
  }
  return order.sort === 'duration' ? longest(tx, params, order) : dearest(tx, params, order);
}

/** Whether `walk` reads few rows that the filter leaves out. */
function hasIndex({ db }: IndexTransaction, filter: TraceConditions, { since, until }: Params, few: number): boolean {
  const { links, messageIds, sentMessageIds, contactId, agent, tool, model, host, tag, fingerprint } = filter;
  const values = [links, messageIds, sentMessageIds, contactId, agent, tool, model, host, tag, fingerprint, filter.log];
  if (values.some((value) => value !== undefined) || filter.q || filter.idPrefix || filter.withErrors) return true;
  const statuses = statusList(filter.status);
  if (statuses && !statuses.includes('completed')) return true;
  return db.get<{ n: number }>('countBetween', since, until, few + 1)!.n <= few;
}

function longest(tx: IndexTransaction, params: Params, order: PageOrder): Found {
  const placed = afterPlace(params, order);
  const active = tx.db.all<TraceRow>('listLongestActive', placed);
  const ended = fromPartitions(tx, 'listLongest', placed, (row) => row.ended_us! - row.started_us);
  return { rows: [...active, ...ended.rows], isCut: ended.isCut };
}

function dearest(tx: IndexTransaction, params: Params, order: PageOrder): Found {
  const isKnown = order.after === undefined || order.after.value !== NO_VALUE;
  // Not more than the page needs: a row has the value only in the JSON of its calls.
  const known = isKnown
    ? fromPartitions(tx, 'listDearest', afterPlace(params, order), costOf)
    : { rows: [], isCut: false };
  if (known.isCut || known.rows.length >= params.limit) return known;
  const { startedAt, key } = isKnown ? { startedAt: params.beforeUs, key: params.beforeKey } : order.after!;
  const unknown = withoutCost(tx, { ...params, beforeUs: startedAt, beforeKey: key });
  return { rows: [...known.rows, ...unknown.rows], isCut: unknown.isCut };
}

function costOf(row: TraceRow): number {
  return headOf(row).usage?.costNano ?? NO_VALUE;
}

function afterPlace(params: Params, { after }: PageOrder): Params {
  const place = after
    ? { value: after.value, placeUs: after.startedAt, placeKey: after.key }
    : { value: EVER, placeUs: EVER, placeKey: '' };
  return { ...params, ...place, least: Number.MIN_SAFE_INTEGER };
}

/** The highest values of each partition, newest partition first. What is below a full page is not read. */
function fromPartitions(
  tx: IndexTransaction,
  statement: StatementName,
  params: Params,
  valueOf: (row: TraceRow) => number,
): Found {
  let rows: { row: TraceRow; value: number }[] = [];
  let { least } = params;
  const isCut = eachPartition(tx, params, ({ number }) => {
    for (const row of tx.db.all<TraceRow>(statement, { ...params, least: least!, partition: number })) {
      rows.push({ row, value: valueOf(row) });
    }
    if (rows.length < params.limit) return true;
    rows.sort((a, b) => b.value - a.value);
    least = rows[params.limit - 1]!.value;
    // Traces of the same value stay: they are in another order here than on the page.
    rows = rows.filter(({ value }) => value >= (least as number));
    return true;
  });
  return { rows: rows.map(({ row }) => row), isCut };
}

/** Newest first. */
function withoutCost(tx: IndexTransaction, params: Params): Found {
  const rows: TraceRow[] = [];
  const { beforeUs, beforeKey } = params;
  const isCut = eachPartition(tx, params, (partition) => {
    const end = tx.partitions.endOf(partition);
    const range = {
      ...params,
      ...(end < beforeUs ? { beforeUs: end, beforeKey: '' } : { beforeUs, beforeKey }),
      since: Math.max(params.since, tx.partitions.beginOf(partition)),
      limit: params.limit - rows.length,
    };
    rows.push(...tx.db.all<TraceRow>('listWithoutCost', range));
    return rows.length < params.limit;
  });
  return { rows, isCut };
}

/** Calls `each` for the partitions of the range until it returns `false`. Returns whether the time was used up before. */
function eachPartition(
  { partitions }: IndexTransaction,
  { since, until }: Params,
  each: (partition: TimePartition) => boolean,
): boolean {
  const deadline = performance.now() + SORT_MS;
  for (const [i, partition] of partitions.newestFirst(since, until).entries()) {
    if (i > 0 && performance.now() >= deadline) return true;
    if (!each(partition)) return false;
  }
  return false;
}
