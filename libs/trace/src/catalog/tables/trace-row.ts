import type { TraceStatus } from '../../model/status.js';
import type { HeadError, TraceHead, TraceUsage } from '../../model/trace.js';
import { writerNumber } from '../../model/trace-key.js';
import type { SqlValue } from '../db/sqlite/sqlite.js';

/** Characters of a message in its row, for lists. The journal contains the whole message. */
export const MAX_MESSAGE = 500;

/** A row of `traces`. */
export interface TraceRow {
  id: number;
  partition: number;
  terms: string;
  lookup_keys: string;
  search: string;
  key: string;
  trace_id: string;
  contact_id: string;
  contacts: string;
  status: TraceStatus;
  started_us: number;
  last_us: number;
  ended_us: number | null;
  events: number;
  errors: number;
  late_events: number;
  dropped: number;
  counts: string;
  status_code: number | null;
  identified: number;
  traceparent: string;
  message_id: string | null;
  link: string | null;
  link_span: string | null;
  type: string | null;
  route: string;
  agents: string;
  tools: string;
  message: string | null;
  reply: string | null;
  /** `HeadError` as JSON; `null`: there was no error. */
  first_error: string | null;
  /** `CallFields` as JSON; `null`: it called nothing and has no tags. */
  calls: string | null;
  logged: TraceHead['logged'];
}

/** What a head has of outgoing calls, in one column: most lists need none of it. */
type CallFields = Pick<TraceHead, 'models' | 'hosts' | 'tags' | 'usage'>;

/** Replies of a trace, of the column `counts`. */
export function repliesOf(counts: string): number {
  return (JSON.parse(counts) as Record<string, number>).replies ?? 0;
}

/** Model calls of a trace, of the column `calls`. */
export function usageOf(calls: string | null): TraceUsage | null {
  return callsOf(calls).usage;
}

function callsOf(calls: string | null): CallFields {
  return calls === null ? { models: [], hosts: [], tags: {}, usage: null } : (JSON.parse(calls) as CallFields);
}

function callsText({ models, hosts, tags, usage }: TraceHead): string | null {
  const isEmpty = usage === null && models.length === 0 && hosts.length === 0 && Object.keys(tags).length === 0;
  return isEmpty ? null : JSON.stringify({ models, hosts, tags, usage } satisfies CallFields);
}

export function headOf(row: TraceRow): TraceHead {
  return {
    key: row.key,
    traceId: row.trace_id,
    contactId: row.contact_id,
    contacts: JSON.parse(row.contacts) as string[],
    traceparent: row.traceparent,
    startedAt: row.started_us,
    lastAt: row.last_us,
    endedAt: row.ended_us,
    status: row.status,
    message: row.message,
    events: row.events,
    errors: row.errors,
    ...(row.first_error !== null && { firstError: JSON.parse(row.first_error) as HeadError }),
    ...(row.reply !== null && { reply: row.reply }),
    lateEvents: row.late_events,
    dropped: row.dropped,
    route: JSON.parse(row.route) as string[],
    agents: JSON.parse(row.agents) as string[],
    tools: JSON.parse(row.tools) as string[],
    counts: JSON.parse(row.counts) as Record<string, number>,
    ...callsOf(row.calls),
    logged: row.logged,
    statusCode: row.status_code,
    messageId: row.message_id,
    link: row.link,
    linkSpan: row.link_span,
    type: row.type,
    identified: row.identified === 1,
  };
}

/** Columns of a row that are no part of the head. */
export type RowRest = Pick<TraceRow, 'partition' | 'terms' | 'lookup_keys' | 'search'>;

/** The first values of a row never change. */
export const FIXED_VALUES = 4;

/** Values in the order of `insertTrace`; `updateTrace` takes them without the fixed ones. */
export function rowValues(head: TraceHead, rest: RowRest): SqlValue[] {
  return [
    head.key,
    writerNumber(head.key) || 0,
    rest.partition,
    head.startedAt,
    head.traceId,
    head.contactId,
    JSON.stringify(head.contacts),
    head.status,
    head.lastAt,
    head.endedAt,
    head.events,
    head.errors,
    head.lateEvents,
    head.dropped,
    JSON.stringify(head.counts),
    head.statusCode,
    head.identified ? 1 : 0,
    head.traceparent,
    head.messageId,
    head.link,
    head.linkSpan,
    head.type,
    JSON.stringify(head.route),
    JSON.stringify(head.agents),
    JSON.stringify(head.tools),
    head.message === null ? null : head.message.slice(0, MAX_MESSAGE),
    head.reply ?? null,
    head.firstError ? JSON.stringify(head.firstError) : null,
    callsText(head),
    head.logged,
    knownTokens(head.usage),
    knownCost(head.usage),
    rest.terms,
    rest.lookup_keys,
    rest.search,
  ];
}

/** Tokens that filters compare; `null`: no call reported any. */
export function knownTokens(usage: TraceUsage | null): number | null {
  return !usage || usage.unknownTokens >= Math.max(1, usage.calls) ? null : usage.total;
}

/** Cost that filters compare, in billionths of a US dollar; `null`: none is known. */
export function knownCost(usage: TraceUsage | null): number | null {
  return !usage || usage.unknownCost >= Math.max(1, usage.calls) ? null : usage.costNano;
}
