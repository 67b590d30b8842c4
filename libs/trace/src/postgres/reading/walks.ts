import type { TraceStatus } from '../../model/status.js';
import { MATCH, NEWEST_FIRST, RANGE } from './conditions.js';
import { SHOWN_COLUMNS, WITH_LIVE } from './shown-head.js';
import { Statement } from './statement.js';

/** Columns of a row within a statement; those for its reader are added for the rows of the page only. */
export const RAW = `h.key, h.started_us, h.source, h.trace_id, h.contact_id, h.status, h.last_us, h.ended_us, h.errors,
  h.message_id, h.pinned, h.doc`;

/**
 * An order that no index has, so that the planner must take the index of the condition. For a condition that few rows
 * meet it could otherwise read a day from its end, where a young partition has no statistics yet.
 */
const NEWEST_FIRST_SORTED = 'ORDER BY h.started_us + 0 DESC, h.key DESC';

/** The newest rows that meet the condition and all filters, read in the order of an index that has the condition first. */
function walk(condition: string, order = NEWEST_FIRST): string {
  return `(SELECT ${RAW} FROM nestjs_traces.heads h WHERE ${condition} AND ${RANGE} AND ${MATCH} ${order} LIMIT :limit)`;
}

/** A page of the rows of several walks that have no row in common. */
function page(...walks: string[]): Statement {
  return new Statement(
    `${WITH_LIVE} SELECT ${SHOWN_COLUMNS} FROM (${walks.join(' UNION ALL ')}) h ${NEWEST_FIRST} LIMIT :limit`,
  );
}

export const BY_MESSAGE = page(walk('h.message_id = ANY (:messages)', NEWEST_FIRST_SORTED));
export const BY_SENT_MESSAGE = page(walk('h.tags && :sent', NEWEST_FIRST_SORTED));
export const BY_LINK = page(walk('h.tags && :links', NEWEST_FIRST_SORTED));
export const BY_CONTACT = page(
  walk('h.contact_id = :walkedContact'),
  walk('h.tags @> :walkedTags AND h.contact_id <> :walkedContact', NEWEST_FIRST_SORTED),
);
/** By the index of the tags, the texts or the ids, whichever the filter has: what is left after `PROBE`. */
export const BY_VALUE = page(walk('true', NEWEST_FIRST_SORTED));

/** The newest `:rows` rows of the range, filtered: finds at once what is frequent. */
export const PROBE = new Statement(
  `${WITH_LIVE} SELECT ${SHOWN_COLUMNS} FROM (
    SELECT h.* FROM nestjs_traces.heads h WHERE ${RANGE} ${NEWEST_FIRST} LIMIT :rows) h
  WHERE ${MATCH} ${NEWEST_FIRST} LIMIT :limit`,
);

/** The last of the newest `:rows` rows of the range; no row: there are fewer. */
export const PROBE_END = new Statement(
  `SELECT h.started_us, h.key FROM nestjs_traces.heads h WHERE ${RANGE} ${NEWEST_FIRST} OFFSET :rows - 1 LIMIT 1`,
);

const BY_STATUSES = new Map<string, Statement>();

/** A walk for each status. The index has no `completed`. */
export function byStatuses(statuses: readonly Exclude<TraceStatus, 'completed'>[]): Statement {
  const name = statuses.join();
  const known = BY_STATUSES.get(name);
  if (known) return known;
  // As texts, not as parameters: each walk has a plan of its own.
  const made = page(...statuses.map((status) => walk(`h.status = '${status}' AND h.status <> 'completed'`)));
  BY_STATUSES.set(name, made);
  return made;
}
