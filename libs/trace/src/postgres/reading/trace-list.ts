import { FAILED_STATUSES, statusList, TRACE_STATUSES, type TraceStatus } from '../../model/status.js';
import { performance } from '../../model/timers.js';
import type { Micros } from '../../model/record.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { Sql } from '../connection/database.js';
import { paramsOf, type FilterParams, type Place } from './conditions.js';
import { sourcesOf } from './sources.js';
import type { ShownRow } from './shown-head.js';
import type { Statement } from './statement.js';
import {
  BY_CONTACT,
  BY_LINK,
  BY_MESSAGE,
  BY_SENT_MESSAGE,
  BY_TIME,
  BY_VALUE,
  byStatuses,
  PROBE,
  PROBE_END,
} from './walks.js';
import { hasTrigram, type TextIndex } from './text-index.js';

/** Rows that are filtered one by one before an index is asked: what 1 in 40 traces has fills a page from them. */
const PROBE_ROWS = 2_000;
/** Rows that one statement filters where a text has no index: about 20 ms. */
const SLICE_ROWS = 20_000;
const DAY_US = 86_400_000_000;
/**
 * Days that are asked for at first; all others follow. Choosing a plan takes longer than the walk, in proportion to the
 * partitions: 1.5 ms for 13 of them.
 */
const WALKED = [DAY_US];
/** The same for an index without the order of lists: a frequent value must not be sorted as a whole. */
const SORTED = [DAY_US, 7 * DAY_US];

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
  const walk = walkOf(filter);
  if (walk) return { rows: await inWindows(sql, walk, params, WALKED), partial: false };
  const isIndexed = params.tags || params.idPattern || (filter.q && hasTrigram(filter.q, texts));
  return isIndexed ? { rows: await byValue(sql, params), partial: false } : bySlices(sql, params, texts.scanMs);
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

/** The walk for a filter whose rows an index has in the order of lists. `undefined`: there is none. */
function walkOf(filter: TraceConditions): Statement | undefined {
  const { agent, tool, tag, model, host, log, q, idPrefix } = filter;
  if (
    [agent, tool, tag, model, host, log, q || undefined, idPrefix || undefined].some((value) => value !== undefined)
  ) {
    return undefined;
  }
  const statuses = filter.withErrors ? ([...FAILED_STATUSES, 'active'] as const) : statusList(filter.status);
  return !statuses || statuses.includes('completed') ? BY_TIME : byStatuses(walked(statuses));
}

/** Statuses as they are in the rows: one that is shown as interrupted may be active there. */
function walked(shown: readonly TraceStatus[]): Exclude<TraceStatus, 'completed'>[] {
  const found = new Set<TraceStatus>(shown);
  if (found.has('interrupted')) found.add('active');
  return TRACE_STATUSES.filter((status) => status !== 'completed').filter((status) => found.has(status));
}

/** Asks for the newest days first, then for more, until the page is full. */
async function inWindows(
  sql: Sql,
  statement: Statement,
  params: ListParams,
  windows: readonly number[],
): Promise<ShownRow[]> {
  const rows: ShownRow[] = [];
  const newest = newestOf(params);
  let place = {};
  for (const days of [...windows, Infinity]) {
    const since = Math.max(params.since, newest - days);
    const limit = params.limit - rows.length;
    rows.push(...(await statement.rows<ShownRow>(sql, { ...params, ...place, since, limit })));
    if (rows.length >= params.limit || since === params.since) break;
    place = { beforeUs: since, beforeKey: '' };
  }
  return rows;
}

/** First the newest rows of a day, one by one; then by the index. */
async function byValue(sql: Sql, params: ListParams): Promise<ShownRow[]> {
  const since = Math.max(params.since, newestOf(params) - DAY_US);
  const probe = { ...params, since, rows: PROBE_ROWS };
  const rows = await PROBE.rows<ShownRow>(sql, probe);
  if (rows.length >= params.limit) return rows;
  const end = await endOf(sql, probe);
  if (!end && since === params.since) return rows;
  const rest = { ...params, ...(end ?? { beforeUs: since, beforeKey: '' }), limit: params.limit - rows.length };
  return [...rows, ...(await inWindows(sql, BY_VALUE, rest, SORTED))];
}

/** Filters all rows, slice by slice, until the page is full or the time is used up. */
async function bySlices(sql: Sql, params: ListParams, forMs: number): Promise<Rows> {
  const deadline = performance.now() + forMs;
  const rows: ShownRow[] = [];
  let place: Place | undefined;
  for (let size = PROBE_ROWS; ; size = SLICE_ROWS) {
    const slice = { ...params, ...place, rows: size, limit: params.limit - rows.length };
    rows.push(...(await PROBE.rows<ShownRow>(sql, slice)));
    if (rows.length >= params.limit) return { rows, partial: false };
    place = await endOf(sql, slice);
    if (!place) return { rows, partial: false };
    if (performance.now() >= deadline) return { rows, partial: true };
  }
}

/** Place of the last row of a probe. `undefined`: it has read all rows of its range. */
async function endOf(sql: Sql, probe: ListParams & { rows: number }): Promise<Place | undefined> {
  const [end] = await PROBE_END.rows<{ started_us: number; key: string }>(sql, probe);
  return end && { beforeUs: end.started_us, beforeKey: end.key };
}

/** Time of the newest trace that the page may have. */
function newestOf({ beforeUs, now }: ListParams): Micros {
  return Math.min(beforeUs, now);
}
