import { TraceCollectorError } from '../../model/errors.js';
import { statusList } from '../../model/status.js';
import { wallNow } from '../../model/timers.js';
import { momentOfTraceId } from '../../model/trace-id.js';
import { levelsFrom, type TextExclusions, type TraceConditions } from '../../model/trace-search.js';
import { LOGGED_LEVELS, type LoggedLevel, type TraceHead, type TracePage } from '../../model/trace.js';
import type { CatalogDb } from '../db/catalog-db.js';
import type { ExclusionsParam } from '../db/excluded-row.js';
import { folded } from '../../model/text.js';
import type { SqlValue } from '../db/sqlite/sqlite.js';
import type { TextFilters } from '../tables/partitions/text-filters.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import { lookupKeyOfContact, lookupKeyOfId, lookupKeyOfLink, lookupKeyOfSentMessage } from '../tables/trace-lookup.js';
import { headOf, type TraceRow } from '../tables/trace-row.js';

/** Parameters of the list statements. */
export type Params = Record<string, SqlValue> & {
  since: number;
  until: number;
  beforeUs: number;
  beforeKey: string;
  limit: number;
};

const EVER = Number.MAX_SAFE_INTEGER;

/** One page, newest first: a walk over the index that fits the filter best. Throws `BAD_POSITION`. */
export function listTraces(tx: IndexTransaction, filter: TraceConditions, limit: number, before?: string): TracePage {
  const lists = singleIds(filter).map((each) => {
    const params = paramsOf(tx, each, limit + 1, before);
    return params ? walk(tx, each, params) : [];
  });
  const rows = lists.length === 1 ? lists[0]! : merged(...lists);
  return pageOf(rows.slice(0, limit).map(headOf), rows.length > limit);
}

/** One filter per id: together they match what `filter` matches. An index is walked id by id. */
export function singleIds(filter: TraceConditions): TraceConditions[] {
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

/** Parameters of the list statements. `undefined`: no trace has the agent, tool or another term of the filter. */
export function paramsOf(
  { terms }: IndexTransaction,
  filter: TraceConditions,
  limit: number,
  before: string | undefined,
): Params | undefined {
  const { contactId, until = EVER, minDurationMs, maxDurationMs } = filter;
  const [agent, tool, model, host, tag, fingerprint] = TERM_FILTERS.map((kind) => {
    const name = filter[kind];
    return name === undefined ? null : terms.find(kind, name);
  });
  const from = cursor(before);
  const statuses = statusList(filter.status);
  const link = filter.links?.[0];
  if (agent === undefined || tool === undefined) return undefined;
  if (model === undefined || host === undefined || tag === undefined || fingerprint === undefined) return undefined;
  return {
    // Starts the walk at `until` instead of skipping newer traces one by one.
    ...(until < from.beforeUs ? { beforeUs: until + 1, beforeKey: '' } : from),
    contact: contactId ?? null,
    contactKey: contactId === undefined ? null : lookupKeyOfContact(contactId),
    statuses: statuses === undefined ? null : `,${statuses.join(',')},`,
    q: filter.q ? folded(filter.q) : null,
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
    withErrors: filter.withErrors ? 1 : null,
    agent,
    tool,
    model,
    host,
    tag,
    fingerprint,
    notTerms: excludedTerms(terms, filter.not),
    levels: levelsParam(filter.log),
    notLevels: levelsParam(lowest(filter.not?.logs)),
    minNano: nanoParam(filter.minCostUsd),
    maxNano: nanoParam(filter.maxCostUsd),
    minTokens: filter.minTokens ?? null,
    maxTokens: filter.maxTokens ?? null,
    limit,
  };
}

/** Filters that are terms of a trace, in the order in which a walk prefers them. */
const TERM_FILTERS = ['agent', 'tool', 'model', 'host', 'tag', 'fingerprint'] as const;

function nanoParam(usd: number | undefined): number | null {
  return usd === undefined ? null : Math.round(usd * 1e9);
}

function levelsParam(level: LoggedLevel | undefined): string | null {
  return level === undefined ? null : `,${levelsFrom(level).join(',')},`;
}

function lowest(levels: readonly LoggedLevel[] | undefined): LoggedLevel | undefined {
  return LOGGED_LEVELS.find((level) => levels?.includes(level));
}

/** JSON of the numbers of excluded models, hosts and tags; `null`: no trace has any of them. */
function excludedTerms(terms: IndexTransaction['terms'], not: TextExclusions | undefined): string | null {
  if (!not?.models && !not?.hosts && !not?.tags) return null;
  const numbers = (
    [
      ['model', not.models],
      ['host', not.hosts],
      ['tag', not.tags],
    ] as const
  ).flatMap(([kind, names = []]) => names.map((name) => terms.find(kind, name) ?? []).flat());
  return numbers.length === 0 ? null : JSON.stringify(numbers);
}

/** JSON; `null` when nothing is excluded. */
function exclusionsParam(not: TextExclusions | undefined): string | null {
  if (!not?.contacts && !not?.agents && !not?.tools && !not?.texts) return null;
  const contactKeys = (not.contacts ?? []).map(lookupKeyOfContact);
  const param: ExclusionsParam = { ...not, texts: not.texts?.map(folded), contactKeys };
  return JSON.stringify(param);
}

/** The walk over one index: by link, message, sent message, contact, term (an error's fingerprint is one), text, errors, log lines, status, or time. */
export function walk({ db, textFilters }: IndexTransaction, filter: TraceConditions, params: Params): TraceRow[] {
  const { limit } = params;
  const byLookup = (lookupKey: number): TraceRow[] => db.all('listByLookup', { ...params, lookupKey });
  const [link] = filter.links ?? [];
  const [sent] = filter.sentMessageIds ?? [];
  if (link !== undefined) return byLookup(lookupKeyOfLink(link));
  if (filter.messageIds) return db.all('listByMessage', params);
  if (sent !== undefined) return byLookup(lookupKeyOfSentMessage(sent));
  if (filter.contactId !== undefined) {
    const own = db.all<TraceRow>('listByContact', params);
    const lookupKey = lookupKeyOfContact(filter.contactId);
    return db.get('hasLookup', lookupKey) ? merged(own, byLookup(lookupKey)).slice(0, limit) : own;
  }
  const term = params.fingerprint ?? params.tool ?? params.agent ?? params.tag ?? params.model ?? params.host;
  if (term !== null && term !== undefined) return db.all('listByTerm', { ...params, term });
  const text = filter.q ?? filter.idPrefix;
  if (text) return withText(db, textFilters, params, folded(text));
  if (filter.withErrors) return db.all('listWithErrors', params);
  if (filter.log) return db.all('listLogged', params);
  const statuses = statusList(filter.status);
  if (!statuses) return db.all('listByTime', params);
  const lists = statuses.map((status) => db.all<TraceRow>('listByStatus', { ...params, status }));
  return lists.length === 1 ? lists[0]! : merged(...lists).slice(0, limit);
}

/** Reads only the ranges of time whose text filter may contain the text. */
function withText(db: CatalogDb, textFilters: TextFilters, params: Params, text: string): TraceRow[] {
  const { since, beforeUs, limit } = params;
  const rows: TraceRow[] = [];
  for (const { from, to } of textFilters.mayHave(text, since, Math.min(beforeUs, EVER))) {
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
export function merged(...lists: TraceRow[][]): TraceRow[] {
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
  if (!match) throw badPlace(before);
  return { beforeUs: Number(match[1]), beforeKey: match[2]! };
}

/** The error for a text that is no cursor of the list. */
export function badPlace(before: string): TraceCollectorError {
  return new TraceCollectorError(
    'BAD_POSITION',
    `"${before}" is no position in a list: give the "next" of the page before, unchanged, with the same \`sort\`.`,
  );
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
