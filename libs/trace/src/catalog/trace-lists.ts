import { TraceCollectorError } from '../model/errors.js';
import type { TraceFilter, TraceHead, TracePage } from '../model/trace.js';
import type { CatalogDb } from './catalog-db.js';
import { searchable } from './indexed-trace.js';
import type { SqlValue } from './sqlite.js';
import type { StatementName } from './statements.js';
import { headOf, type TraceRow } from './trace-row.js';

/** One page, newest first: a walk of the index that fits the filter best. */
export function listTraces(db: CatalogDb, filter: TraceFilter, limit: number, before?: string): TracePage {
  const params = {
    ...cursor(before),
    contact: filter.contactId ?? null,
    status: filter.status ?? null,
    q: filter.q ? searchable(filter.q) : null,
    since: filter.since ?? 0,
    until: filter.until ?? Number.MAX_SAFE_INTEGER,
    minUs: filter.minDurationMs === undefined ? null : filter.minDurationMs * 1000,
    message: filter.messageId ?? null,
    withErrors: filter.withErrors ? 1 : null,
    agent: filter.agent ?? null,
    tool: filter.tool ?? null,
    limit: limit + 1,
  };
  const rows = db.all<TraceRow>(...walk(db, filter, params));
  const heads = rows.slice(0, limit).map(headOf);
  const last = heads.at(-1);
  return { heads, next: rows.length > limit && last ? cursorAfter(last) : null };
}

/** Which index: the message's, the contact's, the tool's, the agent's, the status's, or time's. */
function walk(
  db: CatalogDb,
  filter: TraceFilter,
  params: Record<string, SqlValue>,
): [StatementName, Record<string, SqlValue>] {
  if (filter.messageId !== undefined) return ['listByMessage', params];
  if (filter.contactId !== undefined) {
    return [db.get('hasAlias', filter.contactId) ? 'listByAlias' : 'listByContact', params];
  }
  if (filter.tool !== undefined) return ['listByTag', { ...params, kind: 'tool', name: filter.tool }];
  if (filter.agent !== undefined) return ['listByTag', { ...params, kind: 'agent', name: filter.agent }];
  if (filter.withErrors) return ['listWithErrors', params];
  return [filter.status === undefined ? 'listByTime' : 'listByStatus', params];
}

/** The place right after a trace. New traces come before it, so pages neither skip nor repeat. */
function cursorAfter(head: TraceHead): string {
  return Buffer.from(`${head.startedAt}:${head.key}`).toString('base64url');
}

function cursor(before: string | undefined): { beforeUs: number; beforeKey: string } {
  if (before === undefined) return { beforeUs: Number.MAX_SAFE_INTEGER, beforeKey: '' };
  const match = /^(\d{1,16}):(.+)$/s.exec(Buffer.from(before, 'base64url').toString());
  if (!match) {
    throw new TraceCollectorError(
      'BAD_POSITION',
      `"${before}" is no position in a list: give the "next" of the page before, unchanged.`,
    );
  }
  return { beforeUs: Number(match[1]), beforeKey: match[2]! };
}

/** Ids that begin with `prefix`, newest first. */
export function idsWithPrefix(db: CatalogDb, prefix: string, limit: number): string[] {
  const rows = db.all<{ trace_id: string }>('idsInRange', prefix, `${prefix}\u{10ffff}`, limit);
  return rows.map((row) => row.trace_id);
}
