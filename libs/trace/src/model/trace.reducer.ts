import type { EndFields, Micros, TraceRecord } from './record.js';
import type { TraceStatus } from './status.js';
import type { TraceHead } from './trace.js';

/** The first value of a head; `reduceHead` fills it from the trace's records in the order they were written. */
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
    repliesSent: 0,
    statusCode: null,
    messageId: null,
    link: null,
    linkSpan: null,
    type: null,
    identified: false,
  };
}

/**
 * Folds one record into a head, in place. The indexer and the views use this one function, so a list and a full trace
 * can never disagree.
 */
export function reduceHead(head: TraceHead, record: TraceRecord): TraceHead {
  switch (record.kind) {
    case 'open':
      head.traceId = record.id;
      head.traceparent = record.traceparent;
      head.link = record.link ?? null;
      head.linkSpan = record.parent ?? null;
      head.startedAt = head.lastAt = record.ts;
      return head;
    case 'identify':
      head.traceId = record.id;
      head.contactId = record.contact;
      head.message = record.message ?? null;
      head.messageId = record.message_id ?? null;
      head.type = record.type ?? null;
      // A second one (`again`) replaces the first: the webhook came in once.
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
      if (record.type === 'agent_routing') addRoute(head, record.data);
      else if (record.type === 'message_sent') head.repliesSent += 1;
      else if (record.type === 'tool_execution') addName(head.tools, nameIn(record.data));
      return touch(head, record);
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
      // An error that comes after the end still is this trace's error: a list that says "completed" would lie.
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

/** A status that an error takes the place of. */
function isGood(status: TraceStatus): boolean {
  return status === 'completed' || status === 'silent' || status === 'cancelled';
}

/** A process that was out of sight and thought dead has ended its trace itself, or gone on with it. */
function isRefuted(head: TraceHead, { by, ts }: EndFields & { ts: Micros }): boolean {
  if (by === undefined) return false;
  return head.lastAt >= ts || (head.status !== 'active' && head.status !== 'interrupted');
}

function touch(head: TraceHead, record: TraceRecord): TraceHead {
  if ('late' in record && record.late) head.lateEvents += record.kind === 'span_end' ? 0 : 1;
  else if (record.ts > head.lastAt) head.lastAt = record.ts;
  return head;
}

/** `a → b → c`: a hop whose start is where the last one ended lengthens the path, any other begins a new stretch. */
function addRoute(head: TraceHead, data: unknown): void {
  const { from, to } = (data ?? {}) as { from?: unknown; to?: unknown };
  if (typeof from !== 'string' || typeof to !== 'string') return;
  if (head.route.length >= 64) return;
  if (head.route.at(-1) !== from) head.route.push(from);
  head.route.push(to);
  addName(head.agents, to);
}

function addName(names: string[], name: string | undefined): void {
  if (name && names.length < 64 && !names.includes(name)) names.push(name);
}

function nameIn(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { name, tool, tool_name } = data as Record<string, unknown>;
  for (const candidate of [name, tool, tool_name]) if (typeof candidate === 'string') return candidate;
  return undefined;
}
