import { TraceCollectorError } from '../../model/errors.js';
import { statusList } from '../../model/status.js';
import { wallNow } from '../../model/timers.js';
import { momentOfTraceId } from '../../model/trace-id.js';
import type { TraceFilter, TraceHead, TracePage } from '../../model/trace.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import type { CatalogDb } from '../db/catalog-db.js';
import { searchable } from '../db/search-text.js';
import type { SqlValue } from '../db/sqlite/sqlite.js';
import type { TextFilters } from '../tables/partitions/text-filters.js';
import { lookupKeyOfContact, lookupKeyOfId, lookupKeyOfLink, lookupKeyOfSentMessage } from '../tables/trace-lookup.js';
import { headOf, type TraceRow } from '../tables/trace-row.js';

type Params = Record<string, SqlValue> & { since: number; until: number; beforeUs: number; limit: number };

const EVER = Number.MAX_SAFE_INTEGER;

/** One page, newest first: a walk over the index that fits the filter best. Throws `BAD_POSITION`. */
export function listTraces(tx: IndexTransaction, filter: TraceFilter, limit: number, before?: string): TracePage {
  const params = paramsOf(tx, filter, limit + 1, before);
  const rows = params ? walk(tx, filter, params) : [];
  const heads = rows.slice(0, limit).map(headOf);
  const last = heads.at(-1);
  return { heads, next: rows.length > limit && last ? cursorAfter(last) : null };
}

/** Parameters of the list statements. `undefined`: no trace has the agent or the tool of the filter. */
export function paramsOf(
  { terms }: IndexTransaction,
  filter: TraceFilter,
  limit: number,
  before: string | undefined,
): Params | undefined {
  const { contactId, until = EVER, minDurationMs } = filter;
  const agent = filter.agent === undefined ? null : terms.find('agent', filter.agent);
  const tool = filter.tool === undefined ? null : terms.find('tool', filter.tool);
  const from = cursor(before);
  const statuses = statusList(filter.status);
  if (agent === undefined || tool === undefined) return undefined;
  return {
    // Starts the walk at `until` instead of skipping newer traces one by one.
    ...(until < from.beforeUs ? { beforeUs: until + 1, beforeKey: '' } : from),
    contact: contactId ?? null,
    contactKey: contactId === undefined ? null : lookupKeyOfContact(contactId),
    statuses: statuses === undefined ? null : `,${statuses.join(',')},`,
    q: filter.q ? searchable(filter.q) : null,
    since: filter.since ?? 0,
    until,
    minUs: minDurationMs === undefined ? null : minDurationMs * 1000,
    now: wallNow() * 1000,
    message: filter.messageId ?? null,
    link: filter.link ?? null,
    withErrors: filter.withErrors ? 1 : null,
    agent,
    tool,
    limit,
  };
}

/** The walk over one index: by link, message, sent message, contact, tool, agent, text, errors, status, or time. */
function walk({ db, textFilters }: IndexTransaction, filter: TraceFilter, params: Params): TraceRow[] {
  const { limit } = params;
  const byLookup = (lookupKey: number): TraceRow[] => db.all('listByLookup', { ...params, lookupKey });
  if (filter.link !== undefined) return byLookup(lookupKeyOfLink(filter.link));
  if (filter.messageId !== undefined) return db.all('listByMessage', params);
  if (filter.sentMessageId !== undefined) return byLookup(lookupKeyOfSentMessage(filter.sentMessageId));
  if (filter.contactId !== undefined) {
    const own = db.all<TraceRow>('listByContact', params);
    const lookupKey = lookupKeyOfContact(filter.contactId);
    return db.get('hasLookup', lookupKey) ? merged(own, byLookup(lookupKey)).slice(0, limit) : own;
  }
  if (filter.tool !== undefined) return db.all('listByTerm', { ...params, term: params.tool! });
  if (filter.agent !== undefined) return db.all('listByTerm', { ...params, term: params.agent! });
  if (params.q !== null) return withText(db, textFilters, params);
  if (filter.withErrors) return db.all('listWithErrors', params);
  const statuses = statusList(filter.status);
  if (!statuses) return db.all('listByTime', params);
  const lists = statuses.map((status) => db.all<TraceRow>('listByStatus', { ...params, status }));
  return lists.length === 1 ? lists[0]! : merged(...lists).slice(0, limit);
}

/** Reads only the ranges of time whose text filter may contain the text. */
function withText(db: CatalogDb, textFilters: TextFilters, params: Params): TraceRow[] {
  const { since, beforeUs, limit } = params;
  const rows: TraceRow[] = [];
  for (const { from, to } of textFilters.mayHave(params['q'] as string, since, Math.min(beforeUs, EVER))) {
    const range = {
      ...params,
      ...(to < beforeUs ? { beforeUs: to, beforeKey: '' } : {}),
      since: Math.max(from, since),
      limit: limit - rows.length,
    };
    rows.push(...db.all<TraceRow>('listByTime', range));
    if (rows.length >= limit) break;
  }
  return rows;
}

/** Newest first, each once. */
function merged(...lists: TraceRow[][]): TraceRow[] {
  const rows = [...new Map(lists.flat().map((row) => [row.key, row])).values()];
  return rows.sort((a, b) => b.started_us - a.started_us || (a.key < b.key ? 1 : -1));
}

/** The position right after a trace. New traces come before it, so pages neither skip nor repeat one. */
export function cursorAfter(head: Pick<TraceHead, 'startedAt' | 'key'>): string {
  return Buffer.from(`${head.startedAt}:${head.key}`).toString('base64url');
}

/** Throws `BAD_POSITION` for a text that `cursorAfter` did not make. */
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

/** The trace with this id; else the one that had the id before it was identified. */
export function traceById({ db, partitions }: IndexTransaction, traceId: string): TraceRow | undefined {
  const among = (first: number, last: number): TraceRow[] =>
    db
      .all<{ key: string }>('keysByLookup', lookupKeyOfId(traceId), first, last)
      .flatMap(({ key }) => db.get<TraceRow>('traceByKey', key) ?? []);
  const own = (rows: TraceRow[]): TraceRow | undefined => rows.find((row) => row.trace_id === traceId);
  // An id contains the time at which its trace began, which leaves one partition or two.
  const moment = momentOfTraceId(traceId);
  const likely = moment ? partitions.newestFirst(moment.since, moment.until).map(({ number }) => number) : [];
  const found = likely.length > 0 ? own(among(Math.min(...likely), Math.max(...likely))) : undefined;
  if (found) return found;
  const rows = among(0, EVER);
  return own(rows) ?? rows[0];
}

/** Ids that begin with `prefix`, newest first. */
export function idsWithPrefix(tx: IndexTransaction, prefix: string, limit: number): string[] {
  const found: string[] = [];
  const pageSize = Math.max(limit, 50);
  for (let before: string | undefined; found.length < limit;) {
    const { heads, next } = listTraces(tx, prefix === '' ? {} : { q: prefix }, pageSize, before);
    found.push(...heads.map(({ traceId }) => traceId).filter((id) => id.startsWith(prefix)));
    if (next === null) break;
    before = next;
  }
  return found.slice(0, limit);
}
