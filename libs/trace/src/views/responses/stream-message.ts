import type { SpanId, TraceKey, TraceRecord } from '../../model/record.js';
import type { TraceStatus } from '../../model/status.js';
import { emptyHead, reduceHead } from '../../model/trace.reducer.js';
import type { TraceHead } from '../../model/trace.js';
import type { EventDto, StreamMessage } from '../../contract/responses.js';
import { pointEvent, spanEvent } from '../events/event-response.js';
import type { OpenRecord, SpanStartRecord } from '../events/event-response.js';
import { listItem } from '../trace/list-item.js';

/** What the stream must remember of a trace between two of its records. */
export interface StreamTrace {
  readonly head: TraceHead;
  open: OpenRecord | undefined;
  /** Contacts that the trace is found under, beside its own. */
  contacts: readonly string[];
  readonly openSpans: Map<SpanId, SpanStartRecord>;
  /** Events from before the contact was known. */
  early: EventDto[];
}

/** A message with what the stream's filters ask about. Built once, given to every client: never change it. */
export interface StreamEntry {
  readonly message: StreamMessage;
  readonly traceId: string;
  readonly contacts: readonly string[];
  /** The trace's status after this message. */
  readonly status: TraceStatus;
}

export function newStreamTrace(key: TraceKey): StreamTrace {
  return { head: emptyHead(key), open: undefined, contacts: [], openSpans: new Map(), early: [] };
}

/**
 * Takes one record into `trace` and answers the message it is, if it is one. A record is at most one message, so a
 * message can have the record's place in the feed as its id; and the message depends on the trace's records up to this
 * one only, so whoever resumes gets the same messages as whoever never left.
 *
 * Before `identify` nobody knows whose trace it is: those events come with `trace.started`, `webhook_received` first.
 */
export function streamStep(trace: StreamTrace, record: TraceRecord, id: string): StreamEntry | undefined {
  const { head } = trace;
  const known = head.identified;
  reduceHead(head, record);
  trace.contacts = contactsAfter(trace, record);
  const event = eventOf(trace, record);

  if (record.kind === 'end') {
    trace.early = [];
    // A trace whose beginning is gone (cleared, erased) and that never got its name is nobody's.
    if (!head.identified && !trace.open) return undefined;
    return entry(trace, { type: 'trace.ended', id, data: { ...listItem(head, head.lastAt), id } });
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
      data: { ...listItem(head, head.lastAt), id, events_so_far: [event, ...trace.early] },
    };
    trace.early = [];
    return entry(trace, message);
  }
  keepEarly(trace, event);
  return undefined;
}

/** Every contact that the trace is found under, beside its own. */
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

/** A span that also ended early stands once, with its duration. */
function keepEarly(trace: StreamTrace, event: EventDto): void {
  const started = trace.early.findIndex(({ seq }) => seq === event.seq);
  if (started === -1) trace.early.push(event);
  else trace.early[started] = event;
}

function entry({ head, contacts }: StreamTrace, message: StreamMessage): StreamEntry {
  return { message, traceId: head.traceId, contacts: [head.contactId, ...contacts], status: head.status };
}
