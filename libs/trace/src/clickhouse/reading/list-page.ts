import { cursor } from '../../catalog/queries/trace-lists.js';
import type { Micros, TraceKey } from '../../model/record.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { TraceHead } from '../../model/trace.js';
import type { ClickHouse, Params } from '../connection/click-house.js';
import { conditionsOf } from './conditions.js';
import { findCandidates, findHeads, headsAt } from './found-heads.js';

/** The newest window of time in which a list looks; each older one is four times as long. */
const FIRST_WINDOW_US = 3_600_000_000;
const GROWTH = 4;
/** Candidates that are read for each trace that is missing on the page: some do not fit any more. */
const SPARE = 2;

const RANGE = 'SELECT min(started_us) AS oldest, max(started_us) AS newest, count() AS n FROM nestjs_traces.heads';
const IN_WINDOW = 'started_us >= {from:Int64} AND started_us <= {to:Int64}';
const BEFORE = '(started_us, key) < ({beforeUs:Int64}, {beforeKey:String})';

/** Right before this trace begins the next page. */
export interface Place {
  startedAt: Micros;
  key: TraceKey;
}

/** Start times between which traces can be, both ends included. */
export interface Span {
  from: Micros;
  to: Micros;
}

/** The range of time in which a search must look; `undefined`: no trace can fit. */
export async function spanOf(
  db: ClickHouse,
  { since, until }: TraceConditions,
  before: Place | undefined,
): Promise<Span | undefined> {
  const [all] = await db.rows<{ oldest: number; newest: number; n: number }>(RANGE);
  if (all!.n === 0) return undefined;
  const from = Math.max(all!.oldest, Math.ceil(since ?? all!.oldest));
  const to = Math.min(all!.newest, Math.floor(until ?? all!.newest), before?.startedAt ?? Infinity);
  return from > to ? undefined : { from, to };
}

/** Windows of time from the newest to the oldest, each longer than the one before. */
export function* windowsOf({ from, to }: Span): Generator<Span> {
  let width = FIRST_WINDOW_US;
  for (let end = to; end >= from; width *= GROWTH) {
    const begin = Math.max(from, end - width + 1);
    yield { from: begin, to: end };
    end = begin - 1;
  }
}

/** SQL and parameters that limit a search to a window of time, and to what is behind a place. */
export function within(window: Span, before: Place | undefined): { sql: string[]; params: Params } {
  return {
    sql: before ? [IN_WINDOW, BEFORE] : [IN_WINDOW],
    params: { ...window, beforeUs: before?.startedAt ?? 0, beforeKey: before?.key ?? '' },
  };
}

/** The newest heads that fit, at most `limit`. */
export async function listHeads(
  db: ClickHouse,
  filter: TraceConditions,
  limit: number,
  before: Place | undefined,
): Promise<TraceHead[]> {
  const span = await spanOf(db, filter, before);
  if (!span) return [];
  return conditionsOf(filter).indexed
    ? listIndexed(db, filter, limit, before, span)
    : listWindows(db, filter, limit, before, span);
}

async function listWindows(
  db: ClickHouse,
  filter: TraceConditions,
  limit: number,
  before: Place | undefined,
  span: Span,
): Promise<TraceHead[]> {
  const { sql, params } = conditionsOf(filter);
  const heads: TraceHead[] = [];
  for (const window of windowsOf(span)) {
    const range = within(window, before);
    heads.push(...(await findHeads(db, [...range.sql, ...sql], { ...params, ...range.params }, limit - heads.length)));
    if (heads.length >= limit) break;
  }
  return heads;
}

/** Places of rows from the indexes first, whatever their version; then the rows that count, if they still fit. */
async function listIndexed(
  db: ClickHouse,
  filter: TraceConditions,
  limit: number,
  before: Place | undefined,
  span: Span,
): Promise<TraceHead[]> {
  const { sql, params } = conditionsOf(filter);
  const heads: TraceHead[] = [];
  let place = before;
  for (let size = limit * SPARE; ; size *= GROWTH) {
    const range = within(span, place);
    const places = await findCandidates(db, [...range.sql, ...sql], { ...params, ...range.params }, size);
    heads.push(...(await headsAt(db, places, sql, params, limit - heads.length)));
    const [startedAt, key] = places.at(-1) ?? [0, ''];
    if (places.length < size || heads.length >= limit) return heads;
    place = { startedAt, key };
  }
}

/** @throws TraceCollectorError `BAD_POSITION` for a text that is no cursor */
export function placeOf(before: string | undefined): Place | undefined {
  if (before === undefined) return undefined;
  const { beforeUs, beforeKey } = cursor(before);
  return { startedAt: beforeUs, key: beforeKey };
}
