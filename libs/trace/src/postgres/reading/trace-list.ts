import { FAILED_STATUSES, statusList, TRACE_STATUSES, type TraceStatus } from '../../model/status.js';
import { performance } from '../../model/timers.js';
import type { Micros } from '../../model/record.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { Sql } from '../connection/database.js';
import { paramsOf, type FilterParams, type Place } from './conditions.js';
import { sourcesOf } from './sources.js';
import type { ShownRow } from './shown-head.js';
import type { Statement } from './statement.js';
import { BY_CONTACT, BY_LINK, BY_MESSAGE, BY_SENT_MESSAGE, BY_VALUE, byStatuses, PROBE, PROBE_END } from './walks.js';
import { hasTrigram, type TextIndex } from './text-index.js';

/** Rows that are filtered one by one at first: what 1 in 40 traces has fills a page from them. */
const PROBE_ROWS = 2_000;
/** Rows that one statement filters later, at least; more where that takes less than `SLICE_MS`. */
const SLICE_ROWS = 20_000;
const SLICE_MS = 50;
/**
 * Milliseconds after which a list ends where it is, with `partial`: a filter without an index would read all days, and a
 * database that has not answered after 5 s is taken for out of reach.
 */
const LIST_MS = 2_000;
const DAY_US = 86_400_000_000;
/**
 * Days that are asked for at first, and then; all others follow. Choosing a plan takes longer than the walk, in proportion to
 * the partitions (1.5 ms for 13 of them), and a frequent value must not be sorted as a whole.
 */
const WINDOWS = [DAY_US, 7 * DAY_US, 30 * DAY_US];

/** Rows of a list, newest first. */
export interface Rows {
  rows: ShownRow[];
  /** The time was used up: older rows were not compared with the text. */
  partial: boolean;
}

type ListParams = FilterParams & { limit: number };

/** The newest rows that meet the filter: a walk over the index that fits it best. */
export async function listRows(
  sql: Sql,
  filter: TraceConditions,
  limit: number,
  place: Place | undefined,
  texts: TextIndex,
): Promise<Rows> {
  const nothing = { rows: [], partial: false };
  const sources = filter.instance === undefined ? undefined : await sourcesOf(sql, filter.instance);
  const lists = [sources, statusList(filter.status), filter.messageIds, filter.sentMessageIds, filter.links];
  if (lists.some((values) => values?.length === 0)) return nothing;
  const params = { ...paramsOf(filter, place, sources), limit };
  const lookUp = lookUpOf(filter);
  if (lookUp) return { rows: await lookUp.rows(sql, withoutRepeated(lookUp, params)), partial: false };
  if (!isWithValue(filter)) {
    const statuses = statusesOf(filter);
    return statuses ? inWindows(sql, byStatuses(statuses), params) : bySlices(sql, params, LIST_MS);
  }
  const isIndexed = params.tags || params.idPattern || (filter.q && hasTrigram(filter.q, texts));
  return isIndexed ? byValue(sql, params) : bySlices(sql, params, texts.scanMs);
}

/** Whether an index leads to the traces that the filter leaves. */
export function isNarrow(filter: TraceConditions): boolean {
  return lookUpOf(filter) !== undefined || isWithValue(filter) || statusesOf(filter) !== undefined;
}

/** The walk for a value that few traces have, whenever they began. `undefined`: the filter has none. */
function lookUpOf(filter: TraceConditions): Statement | undefined {
  if (filter.links) return BY_LINK;
  if (filter.messageIds) return BY_MESSAGE;
  if (filter.sentMessageIds) return BY_SENT_MESSAGE;
  return filter.contactId === undefined ? undefined : BY_CONTACT;
}

/** The planner takes a condition that is there twice for a rarer one, and chooses the wrong index. */
function withoutRepeated(lookUp: Statement, params: ListParams): ListParams {
  if (lookUp !== BY_CONTACT) return params;
  const { contact, contactTags, ...others } = params;
  return { ...others, walkedContact: contact, walkedTags: contactTags } as ListParams;
}

/** Whether the filter has a tag, a text or the beginning of an id. */
function isWithValue({ q, idPrefix, ...filter }: TraceConditions): boolean {
  const { agent, tool, tag, model, host, log, fingerprint } = filter;
  return [agent, tool, tag, model, host, log, fingerprint].some((value) => value !== undefined) || !!q || !!idPrefix;
}

/** Statuses by which the index finds the rows. `undefined`: most rows have one of them, or the filter has none. */
function statusesOf(filter: TraceConditions): Exclude<TraceStatus, 'completed'>[] | undefined {
  const statuses = filter.withErrors ? ([...FAILED_STATUSES, 'active'] as const) : statusList(filter.status);
  return !statuses || statuses.includes('completed') ? undefined : walked(statuses);
}

/** Statuses as they are in the rows: one that is shown as interrupted may be active there. */
function walked(shown: readonly TraceStatus[]): Exclude<TraceStatus, 'completed'>[] {
  const found = new Set<TraceStatus>(shown);
  if (found.has('interrupted')) found.add('active');
  return TRACE_STATUSES.filter((status) => status !== 'completed').filter((status) => found.has(status));
}

/** Asks for the newest days first, then for more, until the page is full. */
async function inWindows(sql: Sql, statement: Statement, params: ListParams): Promise<Rows> {
  const deadline = performance.now() + LIST_MS;
  const rows: ShownRow[] = [];
  const newest = newestOf(params);
  let place = {};
  for (const days of [...WINDOWS, Infinity]) {
    const since = Math.max(params.since, newest - days);
    const limit = params.limit - rows.length;
    rows.push(...(await statement.rows<ShownRow>(sql, { ...params, ...place, since, limit })));
    if (rows.length >= params.limit || since === params.since) break;
    if (performance.now() >= deadline) return { rows, partial: true };
    place = { beforeUs: since, beforeKey: '' };
  }
  return { rows, partial: false };
}

/** First the newest rows, one by one; then by the index. */
async function byValue(sql: Sql, params: ListParams): Promise<Rows> {
  const { rows, next } = await readSlice(sql, { ...params, since: aDayOf(params), rows: PROBE_ROWS }, params.since);
  if (rows.length >= params.limit || !next) return { rows, partial: false };
  const more = await inWindows(sql, BY_VALUE, { ...params, ...next, limit: params.limit - rows.length });
  return { rows: [...rows, ...more.rows], partial: more.partial };
}

/** Filters all rows, slice by slice, until the page is full or the time is used up. */
async function bySlices(sql: Sql, params: ListParams, forMs: number): Promise<Rows> {
  const deadline = performance.now() + forMs;
  const rows: ShownRow[] = [];
  let slice = { ...params, since: aDayOf(params), rows: PROBE_ROWS };
  for (;;) {
    const begun = performance.now();
    const found = await readSlice(sql, slice, params.since);
    rows.push(...found.rows);
    if (rows.length >= params.limit || !found.next) return { rows, partial: false };
    const now = performance.now();
    if (now >= deadline) return { rows, partial: true };
    const size = Math.max(SLICE_ROWS, now - begun < SLICE_MS ? 2 * slice.rows : slice.rows);
    slice = { ...params, ...found.next, rows: size, limit: params.limit - rows.length };
  }
}

/** Filters a number of rows. `next`: where the others begin; `undefined`: there are none. */
async function readSlice(
  sql: Sql,
  slice: ListParams & { rows: number },
  since: Micros,
): Promise<{ rows: ShownRow[]; next?: Place }> {
  const rows = await PROBE.rows<ShownRow>(sql, slice);
  if (rows.length >= slice.limit) return { rows };
  const end = await endOf(sql, slice);
  if (end) return { rows, next: end };
  return slice.since > since ? { rows, next: { beforeUs: slice.since, beforeKey: '' } } : { rows };
}

/** A day before the newest trace that the page may have: the first plan needs few partitions. */
function aDayOf(params: ListParams): Micros {
  return Math.max(params.since, newestOf(params) - DAY_US);
}

/** Place of the last row of a slice. `undefined`: it has all rows of its range. */
async function endOf(sql: Sql, slice: ListParams & { rows: number }): Promise<Place | undefined> {
  const [end] = await PROBE_END.rows<{ started_us: number; key: string }>(sql, slice);
  return end && { beforeUs: end.started_us, beforeKey: end.key };
}

/** Time of the newest trace that the page may have. */
function newestOf({ beforeUs, now }: ListParams): Micros {
  return Math.min(beforeUs, now);
}
