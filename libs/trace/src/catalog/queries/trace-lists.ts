import { TraceCollectorError } from '../../model/errors.js';
import { statusList } from '../../model/status.js';
import { wallNow } from '../../model/timers.js';
import { momentOfTraceId } from '../../model/trace-id.js';
import type { TextExclusions, TraceConditions } from '../../model/trace-search.js';
import type { TraceHead, TracePage } from '../../model/trace.js';
import type { IndexTransaction } from '../indexer/index-transaction.js';
import type { ExclusionsParam } from '../db/excluded-row.js';
import { searchable } from '../db/search-text.js';
import type { SqlValue } from '../db/sqlite/sqlite.js';
import { lookupKeyOfContact, lookupKeyOfId, lookupKeyOfLink, lookupKeyOfSentMessage } from '../tables/trace-lookup.js';
import { headOf, type TraceRow } from '../tables/trace-row.js';

type Params = Record<string, SqlValue> & { since: number; until: number; beforeUs: number; limit: number };

const EVER = Number.MAX_SAFE_INTEGER;

/** One page, newest first: a walk of the index that fits the filter best. */
export function listTraces(
  ledger: IndexTransaction,
  filter: TraceConditions,
  limit: number,
  before?: string,
): TracePage {
  const lists = singleIds(filter).map((each) => {
    const params = paramsOf(ledger, each, limit + 1, before);
    return params ? walk(ledger, each, params) : [];
  });
  const rows = lists.length === 1 ? lists[0]! : merged(...lists);
  return pageOf(rows.slice(0, limit).map(headOf), rows.length > limit);
}

/** Filters for one id each, which together have what `filter` has: an index is walked id by id. */
function singleIds(filter: TraceConditions): TraceConditions[] {
  let filters = [filter];
  for (const name of ['messageIds', 'sentMessageIds', 'links'] as const) {
    const ids = filter[name];
    if (ids) filters = filters.flatMap((each) => [...new Set(ids)].map((id) => ({ ...each, [name]: [id] })));
  }
  return filters;
}

/** A page of these heads. */
export function pageOf(heads: TraceHead[], hasMore: boolean): TracePage {
  const cursors = heads.map(cursorAfter);
  return { heads, cursors, next: hasMore ? (cursors.at(-1) ?? null) : null };
}

/** `undefined`: it names an agent or a tool that no trace has. */
export function paramsOf(
  { labels }: IndexTransaction,
  filter: TraceConditions,
  limit: number,
  before: string | undefined,
): Params | undefined {
  const { contactId, until = EVER, minDurationMs, maxDurationMs } = filter;
  const agent = filter.agent === undefined ? null : labels.find('agent', filter.agent);
  const tool = filter.tool === undefined ? null : labels.find('tool', filter.tool);
  const from = cursor(before);
  const statuses = statusList(filter.status);
  const link = filter.links?.[0];
  if (agent === undefined || tool === undefined) return undefined;
  return {
    // Not one by one past what is too new.
    ...(until < from.beforeUs ? { beforeUs: until + 1, beforeKey: '' } : from),
    contact: contactId ?? null,
    contactName: contactId === undefined ? null : lookupKeyOfContact(contactId),
    statuses: statuses === undefined ? null : `,${statuses.join(',')},`,
    q: filter.q ? searchable(filter.q) : null,
    idPrefix: filter.idPrefix || null,
    not: exclusionsParam(filter.not),
    since: filter.since ?? 0,
    until,
    minUs: minDurationMs === undefined ? null : minDurationMs * 1000,
    // A list shows durations in rounded milliseconds.
    maxUs: maxDurationMs === undefined ? null : maxDurationMs * 1000 + 499,
    now: wallNow() * 1000,
    message: filter.messageIds?.[0] ?? null,
    link: link ?? null,
    linkName: link === undefined ? null : lookupKeyOfLink(link),
    withErrors: filter.withErrors ? 1 : null,
    agent,
    tool,
    limit,
  };
}

/** JSON; `null` when nothing is excluded. */
function exclusionsParam(not: TextExclusions | undefined): string | null {
  if (!not) return null;
  const contactKeys = (not.contacts ?? []).map(lookupKeyOfContact);
  const param: ExclusionsParam = { ...not, texts: not.texts?.map(searchable), contactKeys };
  return JSON.stringify(param);
}

/** Which index: the link's, the message's, the sent message's, the contact's, the tool's, the agent's, the status's, the text's, or time's. */
function walk({ db, blocks }: IndexTransaction, filter: TraceConditions, params: Params): TraceRow[] {
  const { since, beforeUs, limit } = params;
  if (filter.links) return db.all('listByLink', params);
  if (filter.messageIds) return db.all('listByMessage', params);
  const sent = filter.sentMessageIds?.[0];
  if (sent !== undefined) return db.all('listBySent', { ...params, sentName: lookupKeyOfSentMessage(sent) });
  if (filter.contactId !== undefined) {
    const own = db.all<TraceRow>('listByContact', params);
    if (!db.get('hasName', params.contactName!)) return own;
    return merged(own, db.all<TraceRow>('listByName', params)).slice(0, limit);
  }
  if (filter.tool !== undefined) return db.all('listByTag', { ...params, label: params.tool! });
  if (filter.agent !== undefined) return db.all('listByTag', { ...params, label: params.agent! });
  const text = filter.q ?? filter.idPrefix;
  if (text) {
    const stretches = blocks.mayHave(searchable(text), since, Math.min(beforeUs, EVER));
    return gather(stretches, limit, ({ from, to }, left) =>
      db.all<TraceRow>('listByTime', {
        ...params,
        ...(to < beforeUs ? { beforeUs: to, beforeKey: '' } : {}),
        since: Math.max(from, since),
        limit: left,
      }),
    );
  }
  if (filter.withErrors) return db.all('listWithErrors', params);
  const statuses = statusList(filter.status);
  if (!statuses) return db.all('listByTime', params);
  const lists = statuses.map((status) => db.all<TraceRow>('listByStatus', { ...params, status }));
  return lists.length === 1 ? lists[0]! : merged(...lists).slice(0, limit);
}

/** Rows of one stretch of time after the other, newest first, until there are enough. */
function gather<S>(
  stretches: Iterable<S>,
  limit: number,
  rowsOf: (stretch: S, left: number) => TraceRow[],
): TraceRow[] {
  const rows: TraceRow[] = [];
  for (const stretch of stretches) {
    rows.push(...rowsOf(stretch, limit - rows.length));
    if (rows.length >= limit) break;
  }
  return rows;
}

/** Newest first, each once. */
function merged(...lists: TraceRow[][]): TraceRow[] {
  const rows = [...new Map(lists.flat().map((row) => [row.key, row])).values()];
  return rows.sort((a, b) => b.started_us - a.started_us || (a.key < b.key ? 1 : -1));
}

/** The place right after a trace. New traces come before it, so pages neither skip nor repeat. */
export function cursorAfter(head: Pick<TraceHead, 'startedAt' | 'key'>): string {
  return Buffer.from(`${head.startedAt}:${head.key}`).toString('base64url');
}

export function cursor(before: string | undefined): { beforeUs: number; beforeKey: string } {
  if (before === undefined) return { beforeUs: EVER, beforeKey: '' };
  const match = /^(\d{1,16}):(.+)$/s.exec(Buffer.from(before, 'base64url').toString());
  if (!match) {
    throw new TraceCollectorError(
      'BAD_POSITION',
      `"${before}" is no position in a list: give the "next" of the page before, unchanged.`,
    );
  }
  return { beforeUs: Number(match[1]), beforeKey: match[2]! };
}

/** The trace with this id; else the one that had it before it was identified. */
export function traceById({ db, epochs }: IndexTransaction, traceId: string): TraceRow | undefined {
  const among = (first: number, last: number): TraceRow[] =>
    db
      .all<{ key: string }>('keysByName', lookupKeyOfId(traceId), first, last)
      .flatMap(({ key }) => db.get<TraceRow>('traceByKey', key) ?? []);
  const own = (rows: TraceRow[]): TraceRow | undefined => rows.find((row) => row.trace_id === traceId);
  // An id says when its trace began: a few epochs of many.
  const moment = momentOfTraceId(traceId);
  const likely = moment ? epochs.newestFirst(moment.since, moment.until).map(({ number }) => number) : [];
  const found = likely.length > 0 ? own(among(Math.min(...likely), Math.max(...likely))) : undefined;
  if (found) return found;
  const rows = among(0, EVER);
  return own(rows) ?? rows[0];
}
