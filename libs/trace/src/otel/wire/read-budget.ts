import type { OtelSpan } from '../otel-span.js';
import { WireFault } from './wire-fault.js';

/** Spans of one request. OpenTelemetry's SDKs send 512 at once, its collector 8,192. */
const MAX_SPANS = 20_000;
/** Attributes and elements of lists in one request, those of events, links and resources included. */
const MAX_VALUES = 400_000;
/** The same in one span, which is read in one turn. OpenTelemetry's SDKs have 128 attributes, 128 events and 128 links in a span. */
const MAX_SPAN_VALUES = 20_000;
/** Lists and objects inside one another in the value of an attribute. */
const MAX_DEPTH = 20;
const HEX_TRACE = /^(?!0{32})[0-9a-f]{32}$/;
const HEX_SPAN = /^(?!0{16})[0-9a-f]{16}$/;
/** Microseconds of the year 2255: later ones are not exact in a double. */
const LAST_MICROS = 9e15;

/** The spans of a request, and those of them that cannot be recorded. */
export interface ReadSpans {
  readonly spans: readonly OtelSpan[];
  /** Spans without valid ids or without a time. */
  readonly rejected: number;
  /** Why the first of the rejected ones was. */
  readonly reason?: string;
}

/** Collects the spans of one request, and ends the reading of one that is too large. */
export class ReadBudget {
  private readonly spans: OtelSpan[] = [];
  private values = 0;
  private spanValues = 0;
  private begun = 0;
  private rejected = 0;
  private reason: string | undefined;

  /** Counts one span before it is read. */
  span(): void {
    this.begun += 1;
    if (this.begun > MAX_SPANS) {
      throw new WireFault(413, `The request has more than ${MAX_SPANS} spans. Send fewer spans at once.`);
    }
  }

  /** Begins to count the attributes of another span or resource. */
  next(): void {
    this.spanValues = 0;
  }

  /** Counts one attribute or one element of a list. */
  value(depth: number): void {
    this.values += 1;
    this.spanValues += 1;
    if (this.spanValues > MAX_SPAN_VALUES) {
      throw new WireFault(413, `A span has more than ${MAX_SPAN_VALUES} attributes. Record fewer.`);
    }
    if (this.values > MAX_VALUES) {
      throw new WireFault(413, `The request has more than ${MAX_VALUES} attributes. Send fewer spans at once.`);
    }
    if (depth > MAX_DEPTH) throw new WireFault(400, `An attribute is nested more than ${MAX_DEPTH} levels deep.`);
  }

  /** Takes a span, if it has what makes it one. */
  add(span: OtelSpan): void {
    const fault = faultOf(span);
    if (fault === undefined) return void this.spans.push(span);
    this.rejected += 1;
    this.reason ??= `The span '${span.name.slice(0, 100)}' ${fault}.`;
  }

  result(): ReadSpans {
    const { spans, rejected, reason } = this;
    return { spans, rejected, ...(reason !== undefined && { reason }) };
  }
}

function faultOf({ traceId, spanId, parentSpanId, startedAt, endedAt }: OtelSpan): string | undefined {
  if (!HEX_TRACE.test(traceId)) return 'has no valid trace id: 16 bytes, not all zero';
  if (!HEX_SPAN.test(spanId)) return 'has no valid span id: 8 bytes, not all zero';
  if (parentSpanId !== undefined && !HEX_SPAN.test(parentSpanId)) return 'has a parent span id that is not 8 bytes';
  if (!isTime(startedAt)) return 'has no valid start time: nanoseconds since 1970';
  if (endedAt !== undefined && !isTime(endedAt)) return 'has no valid end time: nanoseconds since 1970';
  return undefined;
}

function isTime(micros: number): boolean {
  return micros > 0 && micros < LAST_MICROS;
}

/** Reads a request one span at a time, and returns what it had. */
export type Reading = Generator<void, ReadSpans>;

/** Reads on to the end in one go. */
export function readWhole(reading: Reading): ReadSpans {
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
  }
}
