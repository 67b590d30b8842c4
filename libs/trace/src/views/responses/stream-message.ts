import type { SpanId, TraceKey, TraceRecord } from '../../model/record.js';
import type { TraceStatus } from '../../model/status.js';
import { emptyHead, reduceHead } from '../../model/trace.reducer.js';
import type { TraceHead } from '../../model/trace.js';
import type { EventDto, StreamMessage, TraceListItem } from '../../contract/responses.js';
import { pointEvent, spanEvent } from '../events/event-response.js';
import type { OpenRecord, SpanStartRecord } from '../events/event-response.js';
import { listItem } from '../trace/list-item.js';

/** State of a trace in the stream, between two of its records. */
export interface StreamTrace {
  readonly head: TraceHead;
  open: OpenRecord | undefined;
  /** Further contacts that the trace is found under. */
  contacts: readonly string[];
  readonly openSpans: Map<SpanId, SpanStartRecord>;
  /** Events before `identify`. */
  early: EventDto[];
}

/** A message with the values that the stream's filters compare. All clients share the object, so it must not change. */
export interface StreamEntry {
  readonly message: StreamMessage;
  readonly traceId: string;
  readonly contacts: readonly string[];
  /** The trace's status after this message. */
  readonly status: TraceStatus;
}

/** Costs are computed when records are indexed, which is later: on the stream they are absent, which is not "unknown". */
function withoutCost({ usage, ...item }: TraceListItem): TraceListItem {
  if (!usage) return item;
  const { cost_usd: _cost, unknown_cost_calls: _unknown, prices: _prices, ...tokens } = usage;
  return { ...item, usage: tokens };
}

export function newStreamTrace(key: TraceKey): StreamTrace {
  return { head: emptyHead(key), open: undefined, contacts: [], openSpans: new Map(), early: [] };
}

/**
 * Adds one record to `trace` and returns its message, if it has one. A record has at most one message, so the record's
 * position in the feed is the message's id. The message depends only on records up to this one, so a client that resumes
 * gets the same messages as one that stayed connected.
 *
 * The contact is unknown before `identify`. Events until then come with `trace.started`, `webhook_received` first.
 */
export function streamStep(trace: StreamTrace, record: TraceRecord, id: string): StreamEntry | undefined {
  const { head } = trace;
  const known = head.identified;
  reduceHead(head, record);
  trace.contacts = contactsAfter(trace, record);
  const event = eventOf(trace, record);

  if (record.kind === 'end') {
    trace.early = [];
    // The beginning of the trace was cleared or erased, and its contact is unknown.
    if (!head.identified && !trace.open) return undefined;
    return entry(trace, { type: 'trace.ended', id, data: { ...withoutCost(listItem(head, head.lastAt)), id } });
  }
  if (!event) return undefined;
  if (known) {
    const data = { id, trace_id: head.traceId, contact_id: head.contactId, event };
    return entry(trace, { type: 'trace.event', id, data });
  }
  if (record.kind === 'identify') {
    const message: StreamMessage = {
      type: 'trace.started',
      id,
      data: { ...withoutCost(listItem(head, head.lastAt)), id, events_so_far: [event, ...trace.early] },
    };
    trace.early = [];
    return entry(trace, message);
  }
  keepEarly(trace, event);
  return undefined;
}

/** Further contacts that the trace is found under after this record. */
function contactsAfter({ contacts }: StreamTrace, record: TraceRecord): readonly string[] {
  if (record.kind === 'contact') return record.before === undefined ? contacts : [...contacts, record.before];
  if (record.kind !== 'identify') return contacts;
  const { again, alias } = record;
  return [...(again ? contacts : []), ...(record.contacts ?? []), ...(alias === undefined ? [] : [alias])];
}

function eventOf(trace: StreamTrace, record: TraceRecord): EventDto | undefined {
  switch (record.kind) {
    case 'open':
      trace.open = record;
      return undefined;
    case 'span':
      trace.openSpans.set(record.span, record);
      return spanEvent(record);
    case 'span_end': {
      const start = trace.openSpans.get(record.span);
      trace.openSpans.delete(record.span);
      return start && spanEvent(start, record);
    }
    case 'identify':
    case 'event':
    case 'error':
    case 'response':
      return pointEvent(record, trace.open);
    default:
      return undefined;
  }
}

/** Replaces the start of a span by its end, so that the span is listed once. */
function keepEarly(trace: StreamTrace, event: EventDto): void {
  const started = trace.early.findIndex(({ seq }) => seq === event.seq);
  if (started === -1) trace.early.push(event);
  else trace.early[started] = event;
}

function entry({ head, contacts }: StreamTrace, message: StreamMessage): StreamEntry {
  return { message, traceId: head.traceId, contacts: [head.contactId, ...contacts], status: head.status };
}
