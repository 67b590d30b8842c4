import type { EndFields, Micros, TraceRecord } from './record.js';
import type { TraceStatus } from './status.js';
import type { TraceHead } from './trace.js';
import { eventType, factsIn, type EventFacts } from './vocabulary.js';

/** Longest list of hops, agents or tools of one trace: an application that generates names must not fill the index. */
const MAX_NAMES = 64;

/** The head of a trace without records. `reduceHead` adds the records in the order they were written. */
export function emptyHead(key: string): TraceHead {
  return {
    key,
    traceId: key,
    contactId: 'unknown',
    contacts: [],
    traceparent: '',
    startedAt: 0,
    lastAt: 0,
    endedAt: null,
    status: 'active',
    message: null,
    events: 0,
    errors: 0,
    lateEvents: 0,
    dropped: 0,
    route: [],
    agents: [],
    tools: [],
    counts: {},
    models: [],
    hosts: [],
    tags: {},
    logged: null,
    usage: null,
    statusCode: null,
    messageId: null,
    link: null,
    linkSpan: null,
    type: null,
    identified: false,
  };
}

/**
 * Adds one record to a head, in place. The indexer and the views use this function, so a list and a full trace agree.
 */
export function reduceHead(head: TraceHead, record: TraceRecord): TraceHead {
  switch (record.kind) {
    case 'open':
      head.traceId = record.id;
      head.traceparent = record.traceparent;
      head.link = record.link ?? null;
      // Without a link it is the span of a caller that is not in the journal.
      head.linkSpan = (record.link !== undefined && record.parent) || null;
      head.startedAt = head.lastAt = record.ts;
      return head;
    case 'identify':
      head.traceId = record.id;
      head.contactId = record.contact;
      head.message = record.message ?? null;
      head.messageId = record.message_id ?? null;
      head.type = record.type ?? null;
      // A second one (`again`) replaces the first and is no second event.
      if (!head.identified) head.events += 1;
      head.identified = true;
      head.contacts = record.contacts ?? [];
      return touch(head, record);
    case 'handler':
      return head;
    case 'contact':
      head.contactId = record.contact;
      return head;
    case 'event':
      head.events += 1;
      return touch(addEvent(head, record.type, factsIn(record)), record);
    case 'span':
      head.events += 1;
      if (record.type === 'agent') addName(head.agents, record.name);
      else if (record.type === 'tool') addName(head.tools, record.name);
      return touch(head, record);
    case 'span_end':
      return touch(head, record);
    case 'error':
      head.events += 1;
      head.errors += 1;
      // An error after the end is an error of this trace too, so the list must not show "completed".
      if (isGood(head.status)) head.status = 'error';
      return touch(head, record);
    case 'response':
      head.events += 1;
      head.statusCode = record.status;
      return touch(head, record);
    case 'end':
      if (isRefuted(head, record)) return head;
      head.status = isGood(record.status) && head.errors > 0 ? 'error' : record.status;
      head.endedAt = record.ts;
      head.dropped += record.dropped ?? 0;
      return head;
  }
}

/** Whether an error replaces this status. */
function isGood(status: TraceStatus): boolean {
  return status === 'completed' || status === 'silent' || status === 'cancelled';
}

/** Whether the trace of a process that was taken for dead has ended by itself or has later records. */
function isRefuted(head: TraceHead, { by, ts }: EndFields & { ts: Micros }): boolean {
  if (by === undefined) return false;
  return head.lastAt >= ts || (head.status !== 'active' && head.status !== 'interrupted');
}

function touch(head: TraceHead, record: TraceRecord): TraceHead {
  if ('late' in record && record.late) head.lateEvents += record.kind === 'span_end' ? 0 : 1;
  else if (record.ts > head.lastAt) head.lastAt = record.ts;
  return head;
}

function addEvent(head: TraceHead, type: string, facts: EventFacts): TraceHead {
  const { counts } = head;
  const name = facts.again ? undefined : eventType(type)?.counts;
  if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  addFacts(head, facts);
  return head;
}

function addFacts(head: TraceHead, { from, to, tool }: EventFacts): void {
  if (from !== undefined && to !== undefined) addHop(head, from, to);
  addName(head.tools, tool);
}

/** `a → b → c`: a hop from where the last one ended continues the path, any other begins a new one. */
function addHop(head: TraceHead, from: string, to: string): void {
  if (head.route.length >= MAX_NAMES) return;
  if (head.route.at(-1) !== from) head.route.push(from);
  head.route.push(to);
  addName(head.agents, to);
}

function addName(names: string[], name: string | undefined): void {
  if (name && names.length < MAX_NAMES && !names.includes(name)) names.push(name);
}
