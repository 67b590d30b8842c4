import { EVENT } from '../../model/vocabulary.js';
import type {
  EndFields,
  ErrorFields,
  IdentifyFields,
  Micros,
  OpenFields,
  ResponseFields,
  SpanId,
  SpanEndFields,
  SpanStartFields,
  TraceRecord,
} from '../../model/record.js';
import { SPAN_TYPES, spanTypeOf } from '../../model/status.js';
import { isoMicros } from '../../model/trace-id.js';
import { hasCounts, recordedUsage } from '../../model/usage.js';
import type { CallUsageDto, ErrorDto, EventDto } from '../../contract/responses.js';
import { callUsageDto } from '../trace/usage-dto.js';
import { errorReasons } from './error-reasons.js';

/** Records as events. The full trace and the stream both build their events here, so they agree. */

type Stored<F> = F & { seq: number; ts: Micros };
export type OpenRecord = Stored<OpenFields>;
export type IdentifyRecord = Stored<IdentifyFields<unknown>>;
export type SpanStartRecord = Stored<SpanStartFields<unknown>>;
export type SpanEndRecord = Stored<SpanEndFields<unknown>>;
export type ErrorRecord = Stored<ErrorFields<unknown>>;
export type ResponseRecord = Stored<ResponseFields>;
export type EndRecord = Stored<EndFields>;

/** Records that are an event. A `span_end` completes its span's event; other records are no event. */
export type PointRecord = Extract<TraceRecord, { kind: 'identify' | 'event' | 'error' | 'response' }>;

const KINDS: readonly string[] = SPAN_TYPES;

/** Whether an event is a span. An application may call a point event `tool` too, but a point has no name. */
export function isSpan(event: EventDto): boolean {
  return event.name !== null && event.span_id !== null && KINDS.includes(event.type);
}

/** Whether an event is an error record: an application's own event of type `error` has no name. */
export function isErrorEvent({ type, name }: EventDto): boolean {
  return type === EVENT.error && name !== null;
}

/** @param open gives `webhook_received` the time the request came; the identify record is written later. */
export function pointEvent(record: PointRecord, open?: OpenRecord): EventDto {
  switch (record.kind) {
    case 'identify':
      return {
        ...point(record.seq, open?.ts ?? record.ts, EVENT.received),
        data: present({
          message: record.message,
          type: record.type,
          direction: record.direction,
          message_id: record.message_id,
          contacts: record.contacts,
          dialect: record.dialect,
          media: record.media,
          edited: record.edited,
          notices: record.notices,
          placeholders: record.placeholders,
          unparsed: record.unparsed,
          messages: record.messages,
          method: open?.method,
          path: open?.path,
          linked_trace_id: open?.link,
        }),
      };
    case 'event':
      return {
        ...point(record.seq, record.ts, record.type),
        span_id: record.span ?? null,
        duration_ms: record.ms ?? null,
        data: record.data ?? null,
        ...(record.facts?.again && { again: true as const }),
      };
    case 'error':
      return {
        ...point(record.seq, record.ts, EVENT.error),
        name: record.location,
        span_id: record.span ?? null,
        data: {
          location: record.location,
          type: record.type,
          message: record.message,
          fingerprint: record.fingerprint,
          ...reasonsOf(record),
        },
      };
    case 'response':
      return {
        ...point(record.seq, record.ts, responseType(record)),
        data: present({ status_code: record.status, ms: record.ms, aborted: record.aborted }),
      };
  }
}

/** Status 499 marks a request without a response: the client went away before. */
function responseType({ status, aborted }: ResponseFields): string {
  if (status < 400) return EVENT.acknowledged;
  return aborted && status === 499 ? EVENT.aborted : EVENT.rejected;
}

/** @param costs cost of each call by its span, in billionths of a US dollar. Left out: costs are not known here */
export function spanEvent(
  start: SpanStartRecord,
  end?: SpanEndRecord,
  costs?: Readonly<Record<SpanId, number>>,
): EventDto {
  return {
    seq: start.seq,
    timestamp: isoMicros(start.ts),
    type: spanTypeOf(start.type) ?? start.type,
    name: start.name,
    span_id: start.span,
    parent_span_id: start.parent ?? null,
    duration_ms: end?.ms ?? null,
    data: present({ input: start.input ?? end?.input, output: end?.output, usage: end?.usage, outcome: end?.outcome }),
    ...usageOfCall(end, costs),
    ...((start.attributes ?? end?.attributes) && { attributes: { ...start.attributes, ...end?.attributes } }),
  };
}

/** A span around model calls with counts has no usage, and no counts. */
function usageOfCall(
  end: SpanEndRecord | undefined,
  costs: Readonly<Record<SpanId, number>> | undefined,
): { usage?: CallUsageDto } {
  const usage = end?.usage === undefined ? undefined : recordedUsage(end.usage);
  if (!usage || !hasCounts(usage)) return {};
  const { cost_usd: cost, ...dto } = callUsageDto(usage, costs?.[end!.span]);
  return { usage: costs ? { ...dto, cost_usd: cost } : dto };
}

export function errorDto(record: ErrorRecord): ErrorDto {
  return {
    timestamp: isoMicros(record.ts),
    location: record.location,
    type: record.type,
    message: record.message,
    stack: record.stack ?? null,
    cause: record.cause ?? null,
    context: record.context ?? null,
    fingerprint: record.fingerprint,
    ...(record.detail !== undefined && { detail: record.detail }),
    ...(record.guard !== undefined && { guard: record.guard }),
    ...(record.after_response && { after_response: true as const }),
  };
}

/** The reasons that a line shows. The trace's `errors` have the whole detail. */
function reasonsOf({ message, detail }: ErrorRecord): { reasons?: string[] } {
  const reasons = errorReasons(message, detail);
  return reasons.length === 0 ? {} : { reasons };
}

function point(seq: number, at: Micros, type: string): EventDto {
  return {
    seq,
    timestamp: isoMicros(at),
    type,
    name: null,
    span_id: null,
    parent_span_id: null,
    duration_ms: null,
    data: null,
  };
}

/** Drops keys with the value `undefined`, so that the object is the same before and after JSON. */
function present(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value;
  return kept;
}
