import { TraceCollectorError } from '../../model/errors.js';
import { statusList } from '../../model/status.js';
import { wallNow } from '../../model/timers.js';
import { momentOfTraceId } from '../../model/trace-id.js';
import type { TraceFilter, TraceHead, TracePage } from '../../model/trace.js';
import type { IndexTransaction } from '../indexer/index-transaction.js';
import { folded } from '../../model/text.js';
import type { SqlValue } from '../db/sqlite/sqlite.js';
import { lookupKeyOfContact, lookupKeyOfId, lookupKeyOfLink, lookupKeyOfSentMessage } from '../tables/trace-lookup.js';
import { headOf, type TraceRow } from '../tables/trace-row.js';

type Params = Record<string, SqlValue> & { since: number; until: number; beforeUs: number; limit: number };

const EVER = Number.MAX_SAFE_INTEGER;

/** One page, newest first: a walk of the index that fits the filter best. */
export function listTraces(ledger: IndexTransaction, filter: TraceFilter, limit: number, before?: string): TracePage {
  const params = paramsOf(ledger, filter, limit + 1, before);
  const rows = params ? walk(ledger, filter, params) : [];
  const heads = rows.slice(0, limit).map(headOf);
  const last = heads.at(-1);
  return { heads, next: rows.length > limit && last ? cursorAfter(last) : null };
}

/** `undefined`: it names an agent or a tool that no trace has. */
export function paramsOf(
  { labels }: IndexTransaction,
  filter: TraceFilter,
  limit: number,
  before: string | undefined,
): Params | undefined {
  const { contactId, until = EVER, minDurationMs } = filter;
  const agent = filter.agent === undefined ? null : labels.find('agent', filter.agent);
  const tool = filter.tool === undefined ? null : labels.find('tool', filter.tool);
  const from = cursor(before);
  const statuses = statusList(filter.status);
  if (agent === undefined || tool === undefined) return undefined;
  return {
    // Not one by one past what is too new.
    ...(until < from.beforeUs ? { beforeUs: until + 1, beforeKey: '' } : from),
    contact: contactId ?? null,
    contactName: contactId === undefined ? null : lookupKeyOfContact(contactId),
    statuses: statuses === undefined ? null : `,${statuses.join(',')},`,
    q: filter.q ? folded(filter.q) : null,
    since: filter.since ?? 0,
    until,
    minUs: minDurationMs === undefined ? null : minDurationMs * 1000,
    now: wallNow() * 1000,
    message: filter.messageId ?? null,
    link: filter.link ?? null,
    linkName: filter.link === undefined ? null : lookupKeyOfLink(filter.link),
    withErrors: filter.withErrors ? 1 : null,
    agent,
    tool,
    limit,
  };
}

/** Which index: the link's, the message's, the sent message's, the contact's, the tool's, the agent's, the status's, the text's, or time's. */
function walk({ db, blocks }: IndexTransaction, filter: TraceFilter, params: Params): TraceRow[] {
  const { since, beforeUs, limit } = params;
  if (filter.link !== undefined) return db.all('listByLink', params);
  if (filter.messageId !== undefined) return db.all('listByMessage', params);
  if (filter.sentMessageId !== undefined) {
    return db.all('listBySent', { ...params, sentName: lookupKeyOfSentMessage(filter.sentMessageId) });
  }
  if (filter.contactId !== undefined) {
    const own = db.all<TraceRow>('listByContact', params);
    if (!db.get('hasName', params.contactName!)) return own;
    return merged(own, db.all<TraceRow>('listByName', params)).slice(0, limit);
  }
  if (filter.tool !== undefined) return db.all('listByTag', { ...params, label: params.tool! });
  if (filter.agent !== undefined) return db.all('listByTag', { ...params, label: params.agent! });
  if (params.q !== null) {
    const stretches = blocks.mayHave(params.q as string, since, Math.min(beforeUs, EVER));
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

/** Ids that begin with `prefix`, newest first. */
export function idsWithPrefix(ledger: IndexTransaction, prefix: string, limit: number): string[] {
  const found: string[] = [];
  const pageSize = Math.max(limit, 50);
  for (let before: string | undefined; found.length < limit;) {
    const { heads, next } = listTraces(ledger, prefix === '' ? {} : { q: prefix }, pageSize, before);
    found.push(...heads.map(({ traceId }) => traceId).filter((id) => id.startsWith(prefix)));
    if (next === null) break;
    before = next;
  }
  return found.slice(0, limit);
}
