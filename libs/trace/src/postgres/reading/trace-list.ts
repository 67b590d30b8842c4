import { FAILED_STATUSES, statusList, TRACE_STATUSES, type TraceStatus } from '../../model/status.js';
import { performance } from '../../model/timers.js';
import type { TraceConditions } from '../../model/trace-search.js';
import type { Sql } from '../connection/database.js';
import { paramsOf, type Place } from './conditions.js';
import { sourcesOf } from './sources.js';
import type { ShownRow } from './shown-head.js';
import type { Params, Statement } from './statement.js';
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
/** Milliseconds for which rows are filtered by a text that has no index. */
const SCAN_MS = 800;
const DAY_US = 86_400_000_000;
/** Days that the index is asked for at first, then; after that, all the others. A frequent value must not be sorted as a whole. */
const WINDOWS = [DAY_US, 7 * DAY_US];

/** Rows of a list, newest first. */
export interface Rows {
  rows: ShownRow[];
  /** The time was used up: older rows were not compared with the text. */
  partial: boolean;
}

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
  const statement = walkOf(filter);
  if (statement) return { rows: await statement.rows(sql, params), partial: false };
  const isIndexed = params.tags || params.idPattern || (filter.q && hasTrigram(filter.q, texts));
  return isIndexed ? { rows: await byValue(sql, params, limit), partial: false } : bySlices(sql, params, limit);
}

/** The walk for a filter whose rows one index has in the order of lists, or that few rows meet. `undefined`: there is none. */
function walkOf(filter: TraceConditions): Statement | undefined {
  if (filter.links) return BY_LINK;
  if (filter.messageIds) return BY_MESSAGE;
  if (filter.sentMessageIds) return BY_SENT_MESSAGE;
  if (filter.contactId !== undefined) return BY_CONTACT;
  const { agent, tool, tag, model, host, log } = filter;
  if ([agent, tool, tag, model, host, log].some((name) => name !== undefined)) return undefined;
  if (filter.q || filter.idPrefix) return undefined;
  const statuses = filter.withErrors ? ([...FAILED_STATUSES, 'active'] as const) : statusList(filter.status);
  if (!statuses || statuses.includes('completed')) return BY_TIME;
  return byStatuses(walked(statuses));
}

/** Statuses as they are in the rows: one that is shown as interrupted may be active there. */
function walked(shown: readonly TraceStatus[]): Exclude<TraceStatus, 'completed'>[] {
  const found = new Set<TraceStatus>(shown);
  if (found.has('interrupted')) found.add('active');
  return TRACE_STATUSES.filter((status) => status !== 'completed').filter((status) => found.has(status));
}

/** First the newest rows, one by one; then by the index, with more days each time. */
async function byValue(sql: Sql, params: Params, limit: number): Promise<ShownRow[]> {
  const rows = await PROBE.rows<ShownRow>(sql, { ...params, rows: PROBE_ROWS });
  if (rows.length >= limit) return rows;
  let end = await endOf(sql, params, PROBE_ROWS);
  if (!end) return rows;
  for (const days of [...WINDOWS, Infinity]) {
    const since = Math.max(params.since as number, end.beforeUs - days);
    const more = await BY_VALUE.rows<ShownRow>(sql, { ...params, ...end, since, limit: limit - rows.length });
    rows.push(...more);
    if (rows.length >= limit || since === params.since) break;
    end = { beforeUs: since, beforeKey: '' };
  }
  return rows;
}

/** Filters all rows, slice by slice, until the page is full or the time is used up. */
async function bySlices(sql: Sql, params: Params, limit: number): Promise<Rows> {
  const deadline = performance.now() + SCAN_MS;
  const rows: ShownRow[] = [];
  let place = {};
  for (let size = PROBE_ROWS; ; size = SLICE_ROWS) {
    const slice = { ...params, ...place, rows: size, limit: limit - rows.length };
    rows.push(...(await PROBE.rows<ShownRow>(sql, slice)));
    if (rows.length >= limit) return { rows, partial: false };
    const end = await endOf(sql, slice, size);
    if (!end) return { rows, partial: false };
    if (performance.now() >= deadline) return { rows, partial: true };
    place = end;
  }
}

async function endOf(sql: Sql, params: Params, rows: number): Promise<Place | undefined> {
  const [end] = await PROBE_END.rows<{ started_us: number; key: string }>(sql, { ...params, rows });
  return end && { beforeUs: end.started_us, beforeKey: end.key };
}
