import type { OtelSpan } from '../otel-span.js';
import { WireFault } from './wire-fault.js';

/** Spans of one request. OpenTelemetry's SDKs send 512 at once, its collector 8,192. */
const MAX_SPANS = 20_000;
/** Attributes and elements of lists in one request, those of events, links and resources included. */
const MAX_VALUES = 200_000;
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
  private rejected = 0;
  private reason: string | undefined;

  /** Counts one value of an attribute or of a list. */
  value(depth: number): void {
    this.values += 1;
    if (this.values > MAX_VALUES) {
      throw new WireFault(413, `The request has more than ${MAX_VALUES} attributes. Send fewer spans at once.`);
    }
    if (depth > MAX_DEPTH) throw new WireFault(400, `An attribute is nested more than ${MAX_DEPTH} levels deep.`);
  }

  /** Takes a span, if it has what makes it one. */
  add(span: OtelSpan): void {
    if (this.spans.length + this.rejected >= MAX_SPANS) {
      throw new WireFault(413, `The request has more than ${MAX_SPANS} spans. Send fewer spans at once.`);
    }
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
