import type { Micros, SpanId } from '../../model/record.js';
import type { OtelAttributes, OtelEvent, OtelSpan } from '../otel-span.js';

/** Seconds and nanoseconds. */
export type SdkTime = readonly [number, number];

/** What the SDK calls a scope; an instrumentation library in SDK 1.x. */
interface SdkScope {
  readonly name: string;
  readonly version?: string;
}

/**
 * A span of OpenTelemetry's SDK for JavaScript, 1.x or 2.x, as far as the processor reads it. A structural type, so that
 * neither is needed.
 *
 * @see https://github.com/open-telemetry/opentelemetry-js/blob/main/packages/opentelemetry-sdk-trace-base/src/export/ReadableSpan.ts
 */
export interface SdkSpan {
  readonly name: string;
  /** `SpanKind` of `@opentelemetry/api`. */
  readonly kind: number;
  spanContext(): { readonly traceId: string; readonly spanId: string };
  /** Since SDK 2. */
  readonly parentSpanContext?: { readonly spanId: string };
  /** Before SDK 2. */
  readonly parentSpanId?: string;
  readonly startTime: SdkTime;
  readonly endTime: SdkTime;
  readonly ended: boolean;
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: object;
  readonly events: readonly { readonly name: string; readonly time: SdkTime; readonly attributes?: object }[];
  /** Since SDK 2. */
  readonly instrumentationScope?: SdkScope;
  /** Before SDK 2. */
  readonly instrumentationLibrary?: SdkScope;
}

const NO_SCOPE: SdkScope = { name: '' };

/** The id of the span around it, which may be in another process; `undefined`: it is a root. */
export function parentIdOf({ parentSpanContext, parentSpanId }: SdkSpan): SpanId | undefined {
  return parentSpanContext?.spanId ?? parentSpanId;
}

/** Microseconds since the epoch. */
export function microsOf([seconds, nanos]: SdkTime): Micros {
  return seconds * 1_000_000 + Math.round(nanos / 1_000);
}

/** Most spans have neither events nor links. */
const NONE: readonly never[] = [];

function otelEvent({ name, time, attributes = {} }: SdkSpan['events'][number]): OtelEvent {
  return { name, at: microsOf(time), attributes: attributes as OtelAttributes };
}

/**
 * A span of the SDK in the form that is the same for all ways in. Links and the resource are left out: the step needs neither, and the
 * resource is this process.
 */
export function otelSpan(span: SdkSpan): OtelSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: parentIdOf(span),
    name: span.name,
    // OTLP's numbers are one more.
    kind: span.kind + 1,
    startedAt: microsOf(span.startTime),
    endedAt: span.ended ? microsOf(span.endTime) : undefined,
    attributes: span.attributes as OtelAttributes,
    events: span.events.length === 0 ? NONE : span.events.map(otelEvent),
    links: NONE,
    status: span.status,
    scope: span.instrumentationScope ?? span.instrumentationLibrary ?? NO_SCOPE,
  };
}
