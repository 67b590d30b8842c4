import type { Micros, SpanId, TraceRecord } from '../../model/record.js';
import type { StoredTrace, TraceHead } from '../../model/trace.js';
import type { ErrorDto, EventDto } from '../../contract/responses.js';
import { errorDto, pointEvent, spanEvent } from '../events/event-response.js';
import type {
  EndRecord,
  IdentifyRecord,
  OpenRecord,
  ResponseRecord,
  SpanEndRecord,
  SpanStartRecord,
} from '../events/event-response.js';

export interface AssembledEvent {
  readonly dto: EventDto;
  readonly at: Micros;
  /** Whether it was recorded after the trace's end. */
  readonly late: boolean;
  /** The span; `null` for a point event. */
  readonly span: AssembledSpan | null;
}

export interface AssembledSpan {
  readonly id: SpanId;
  readonly parent: SpanId | null;
  readonly kind: string;
  readonly name: string;
  readonly startedAt: Micros;
  /** Moment of its end, by the clock of all records; `null`: the span is open, or its end was lost. */
  readonly endedAt: Micros | null;
  /** Duration in milliseconds, by the monotonic clock; `null` with `endedAt`. */
  readonly ms: number | null;
  readonly outcome: 'error' | 'cancelled' | null;
  readonly output: unknown;
  /** Token counts from the last parts of a stream. */
  readonly usage?: unknown;
}

export interface AssembledError {
  readonly dto: ErrorDto;
  readonly at: Micros;
  /** The span it happened in. */
  readonly span: SpanId | null;
}

/** The records of a trace put together: one event per span, the errors, and the records of the webhook. */
export interface AssembledTrace {
  readonly head: TraceHead;
  /** All records of the trace, in the order they were written. */
  readonly records: readonly TraceRecord[];
  /** All events, `head.events` of them: `webhook_received` first, then in the order they were written. */
  readonly events: readonly AssembledEvent[];
  readonly errors: readonly AssembledError[];
  readonly spans: ReadonlyMap<SpanId, AssembledSpan>;
  readonly open: OpenRecord | null;
  readonly identify: IdentifyRecord | null;
  readonly response: ResponseRecord | null;
  /** The valid `end` where several processes wrote one. */
  readonly end: EndRecord | null;
  /** `Class.method` of the Nest handler. */
  readonly handler: string | null;
  /** The path that the router matched. */
  readonly route: string | null;
}

/**
 * Puts the records of a trace together. A journal may be torn: a span's end without its start is left out, a span
 * without its end stays open, and a trace without an `identify` has no `webhook_received`.
 */
export function assemble({ head, records }: StoredTrace): AssembledTrace {
  const ends = new Map<SpanId, SpanEndRecord>();
  let open: OpenRecord | null = null;
  let identify: IdentifyRecord | null = null;
  let response: ResponseRecord | null = null;
  let end: EndRecord | null = null;
  let handler: string | null = null;
  let route: string | null = null;
  for (const record of records) {
    if (record.kind === 'span_end') ends.set(record.span, record);
    else if (record.kind === 'open') open ??= record;
    else if (record.kind === 'identify') identify = record;
    else if (record.kind === 'response') response ??= record;
    else if (record.kind === 'end' && (end === null || end.by !== undefined)) end = record;
    if (record.kind === 'identify' || record.kind === 'handler') handler = record.handler ?? handler;
    if (record.kind === 'open' || record.kind === 'handler') route = record.route ?? route;
  }

  const costs = head.usage?.spans ?? {};
  let received = false;
  const events: AssembledEvent[] = [];
  const errors: AssembledError[] = [];
  const spans = new Map<SpanId, AssembledSpan>();
  for (const record of records) {
    // Only the last `identify` counts: it replaces the earlier ones.
    if (record.kind === 'identify') {
      if (received || record !== identify) continue;
      received = true;
    }
    const event = eventOf(record, open, ends, costs);
    if (!event) continue;
    if (event.span) spans.set(event.span.id, event.span);
    if (record.kind === 'error') errors.push({ dto: errorDto(record), at: record.ts, span: record.span ?? null });
    events.push(event);
  }
  // A guard may record events before the body is read. The arrival still comes first.
  const arrival = events.findIndex((event) => event.dto.seq === identify?.seq && !event.span);
  if (arrival > 0) events.unshift(...events.splice(arrival, 1));

  return { head, records, events, errors, spans, open, identify, response, end, handler, route };
}

function eventOf(
  record: TraceRecord,
  open: OpenRecord | null,
  ends: ReadonlyMap<SpanId, SpanEndRecord>,
  costs: Readonly<Record<SpanId, number>>,
): AssembledEvent | null {
  switch (record.kind) {
    case 'span': {
      const end = ends.get(record.span);
      return {
        dto: spanEvent(record, end, costs),
        at: record.ts,
        late: record.late === true,
        span: spanOf(record, end),
      };
    }
    case 'identify':
      return { dto: pointEvent(record, open ?? undefined), at: open?.ts ?? record.ts, late: false, span: null };
    case 'event':
    case 'error':
      return { dto: pointEvent(record), at: record.ts, late: record.late === true, span: null };
    case 'response':
      return { dto: pointEvent(record), at: record.ts, late: false, span: null };
    default:
      return null;
  }
}

function spanOf(start: SpanStartRecord, end: SpanEndRecord | undefined): AssembledSpan {
  return {
    id: start.span,
    parent: start.parent ?? null,
    kind: start.type,
    name: start.name,
    startedAt: start.ts,
    endedAt: end?.ts ?? null,
    ms: end?.ms ?? null,
    outcome: end?.outcome ?? null,
    output: end?.output,
    usage: end?.usage,
  };
}

/** Spans that have not ended, in the order they began: the last is the innermost. */
export function openSpans(trace: AssembledTrace): AssembledSpan[] {
  return [...trace.spans.values()].filter((span) => span.ms === null);
}
