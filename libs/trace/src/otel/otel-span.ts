import type { Micros, SpanId } from '../model/record.js';

/** A value of an attribute. Arrays and key-value lists come in OTLP's `arrayValue` and `kvlistValue`. */
export type OtelValue =
  string | number | boolean | null | Uint8Array | readonly OtelValue[] | { readonly [key: string]: OtelValue };

/** Attributes by name, without a prototype: a sender may name one `__proto__`. */
export type OtelAttributes = Readonly<Record<string, OtelValue>>;

/** OTLP's numbers of the kinds of spans. `SpanKind` of `@opentelemetry/api` is one less. */
export const OTEL_KIND = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** OTLP's numbers of the codes of a status. */
export const OTEL_STATUS = { unset: 0, ok: 1, error: 2 } as const;

/** Something that happened within a span; an exception is an event of the name `exception`. */
export interface OtelEvent {
  readonly name: string;
  readonly at: Micros;
  readonly attributes: OtelAttributes;
}

/** A span of another trace, or of another part of this one, that led to this one. */
export interface OtelLink {
  /** 32 hex digits. */
  readonly traceId: string;
  readonly spanId: SpanId;
  readonly attributes: OtelAttributes;
}

/** Scope of the spans that this package exports. */
export const OWN_SCOPE = 'nestjs-trace-collector';

/** What made the span: the instrumentation's package or the application's tracer. */
export interface OtelScope {
  readonly name: string;
  readonly version?: string;
}

/**
 * A span of OpenTelemetry, whichever way it comes or goes: a processor in this process, OTLP in, OTLP out. Its values are as the sender has
 * them, neither redacted nor bounded.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export interface OtelSpan {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  readonly spanId: SpanId;
  /** Absent: it is a root. */
  readonly parentSpanId?: SpanId;
  readonly traceState?: string;
  /** W3C's trace flags in the lowest 8 bits; 0x100: bit 0x200 says whether the parent is in another process. */
  readonly flags?: number;
  readonly name: string;
  /** One of `OTEL_KIND`. */
  readonly kind: number;
  readonly startedAt: Micros;
  /** Absent: it is running. */
  readonly endedAt?: Micros;
  readonly attributes: OtelAttributes;
  readonly events: readonly OtelEvent[];
  readonly links: readonly OtelLink[];
  readonly status: { readonly code: number; readonly message?: string };
  readonly scope: OtelScope;
  /** Attributes of the process: `service.name` and others. */
  readonly resource?: OtelAttributes;
}
