import type { Micros } from '../../model/record.js';
import { statusList, FAILED_STATUSES } from '../../model/status.js';
import { folded } from '../../model/text.js';
import { wallNow } from '../../model/timers.js';
import type { TextExclusions, TraceConditions } from '../../model/trace-search.js';
import { tagOf, type TagKind } from '../../shared/tags.js';
import { pgText } from '../connection/pg-text.js';
import { SHOWN_END, SHOWN_STATUS } from './shown-head.js';
import type { Params } from './statement.js';

/** End of time, for a page without `before` and a range without `until`. */
const EVER = Number.MAX_SAFE_INTEGER;

/** A place in the order of lists: the page begins after it. */
export interface Place {
  beforeUs: number;
  beforeKey: string;
}

/** Rows of `heads h` in the range of time and behind the place. The second condition is for the choice of partitions. */
export const RANGE = `h.started_us >= :since AND h.started_us <= :beforeUs AND (h.started_us, h.key) < (:beforeUs, :beforeKey)`;

export const NEWEST_FIRST = 'ORDER BY h.started_us DESC, h.key DESC';

/** Every filter of a search, for a row of `heads h`. */
export const MATCH = `
  (:statuses IS NULL OR ${SHOWN_STATUS} = ANY (:statuses))
  AND (:contact IS NULL OR h.contact_id = :contact OR h.tags @> :contactTags)
  AND (:messages IS NULL OR h.message_id = ANY (:messages))
  AND (:sent IS NULL OR h.tags && :sent)
  AND (:links IS NULL OR h.tags && :links)
  AND (:tags IS NULL OR h.tags @> :tags)
  AND (:sources IS NULL OR h.source = ANY (:sources))
  AND (:withErrors IS NULL OR h.errors > 0 OR ${SHOWN_STATUS} = ANY (:failed))
  AND (:idPattern IS NULL OR h.trace_id LIKE :idPattern)
  AND (:pattern IS NULL OR h.search LIKE :pattern)
  AND (:needle IS NULL OR strpos(h.search, :needle) > 0)
  AND (:minUs IS NULL OR coalesce(${SHOWN_END}, :now) - h.started_us >= :minUs)
  AND (:maxUs IS NULL OR h.started_us = 0 OR coalesce(${SHOWN_END}, :now) - h.started_us <= :maxUs)
  AND (:minNano IS NULL OR h.cost_nano >= :minNano) AND (:maxNano IS NULL OR h.cost_nano <= :maxNano)
  AND (:minTokens IS NULL OR h.tokens >= :minTokens) AND (:maxTokens IS NULL OR h.tokens <= :maxTokens)
  AND (:notContacts IS NULL OR h.contact_id <> ALL (:notContacts))
  AND (:notTags IS NULL OR NOT h.tags && :notTags)
  AND (:notPatterns IS NULL OR NOT h.search LIKE ANY (:notPatterns))`;

/** Texts that are shorter have no trigram, and the index on texts would be read as a whole for them. */
const TRIGRAM = 3;

export type FilterParams = Params & Place & { since: Micros; now: Micros };

/** Parameters of `MATCH` and `RANGE`. */
export function paramsOf(
  filter: TraceConditions,
  place: Place | undefined,
  sources: number[] | undefined,
): FilterParams {
  const { contactId, messageIds, sentMessageIds, links, minDurationMs, maxDurationMs } = filter;
  const until = Math.floor(filter.until ?? EVER);
  const q = filter.q ? pgText(folded(filter.q)) : undefined;
  return {
    since: Math.ceil(filter.since ?? 0),
    // Starts the walk at `until` instead of skipping newer traces one by one.
    ...(place && place.beforeUs <= until ? place : { beforeUs: Math.min(until + 1, EVER), beforeKey: '' }),
    now: wallNow() * 1000,
    contact: contactId === undefined ? null : pgText(contactId),
    contactTags: contactId === undefined ? null : tags('contact', [contactId]),
    statuses: statusList(filter.status),
    messages: messageIds?.map(pgText),
    sent: sentMessageIds && tags('sent', sentMessageIds),
    links: links && tags('link', links),
    tags: requiredTags(filter),
    sources,
    withErrors: filter.withErrors || null,
    failed: FAILED_STATUSES,
    idPattern: filter.idPrefix ? `${escaped(pgText(filter.idPrefix))}%` : null,
    pattern: q !== undefined && q.length >= TRIGRAM ? containing(q) : null,
    needle: q !== undefined && q.length < TRIGRAM ? q : null,
    minUs: minDurationMs === undefined ? null : Math.ceil(minDurationMs * 1000),
    // A list shows durations in rounded milliseconds.
    maxUs: maxDurationMs === undefined ? null : Math.floor(maxDurationMs * 1000 + 499),
    minNano: nano(filter.minCostUsd),
    maxNano: nano(filter.maxCostUsd),
    minTokens: filter.minTokens === undefined ? null : Math.ceil(filter.minTokens),
    maxTokens: filter.maxTokens === undefined ? null : Math.floor(filter.maxTokens),
    ...excluded(filter.not),
  };
}

function excluded(not: TextExclusions = {}): Pick<Params, 'notContacts' | 'notTags' | 'notPatterns'> {
  const { contacts = [], agents = [], tools = [], texts = [], models = [], hosts = [], logs = [] } = not;
  const notTags = [
    ...tags('contact', contacts),
    ...tags('agent', agents),
    ...tags('route', agents),
    ...tags('tool', tools),
    ...tags('model', models),
    ...tags('host', hosts),
    ...tags('tag', not.tags ?? []),
    // A trace has the tags of all levels up to its highest.
    ...tags('log', logs),
  ];
  return {
    notContacts: contacts.length === 0 ? null : contacts.map(pgText),
    notTags: notTags.length === 0 ? null : notTags,
    notPatterns: texts.length === 0 ? null : texts.map((text) => containing(pgText(folded(text)))),
  };
}

/** Tags of which the trace has each; `null`: none is asked for. */
function requiredTags({ agent, tool, model, host, tag, log, fingerprint }: TraceConditions): string[] | null {
  const wanted = Object.entries({ agent, tool, model, host, tag, log, fingerprint } satisfies Partial<
    Record<TagKind, unknown>
  >);
  const found = wanted.flatMap(([kind, value]) => (value === undefined ? [] : tags(kind as TagKind, [value])));
  return found.length === 0 ? null : found;
}

export function tags(kind: TagKind, values: readonly string[]): string[] {
  return values.map((value) => pgText(tagOf(kind, value)));
}

function nano(usd: number | undefined): number | null {
  return usd === undefined ? null : Math.round(usd * 1e9);
}

/** Pattern of LIKE for texts that contain this one. */
function containing(text: string): string {
  return `%${escaped(text)}%`;
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
