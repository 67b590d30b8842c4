import type { OtelAttributes, OtelSpan, OtelValue } from '../otel-span.js';
import { groupSpans } from './span-groups.js';

/**
 * Spans as an `ExportTraceServiceRequest` in OTLP's JSON: names in lowerCamelCase, ids as hex digits, 64-bit numbers as texts.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function writeJson(spans: readonly OtelSpan[], indent?: number): string {
  return JSON.stringify(otlpRequest(spans), undefined, indent);
}

/** The same as an object. */
export function otlpRequest(spans: readonly OtelSpan[]): { resourceSpans: object[] } {
  return {
    resourceSpans: groupSpans(spans).map(({ resource, scopes }) => ({
      resource: { attributes: pairsOf(resource) },
      scopeSpans: scopes.map(({ scope, spans: some }) => ({ scope, spans: some.map(spanOf) })),
    })),
  };
}

function spanOf(span: OtelSpan): object {
  const { traceId, spanId, parentSpanId, traceState, flags, name, kind, startedAt, endedAt, attributes, status } = span;
  return {
    traceId,
    spanId,
    ...(traceState !== undefined && { traceState }),
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(flags !== undefined && { flags }),
    name,
    kind,
    startTimeUnixNano: nanos(startedAt),
    ...(endedAt !== undefined && { endTimeUnixNano: nanos(endedAt) }),
    attributes: pairsOf(attributes),
    events: span.events.map((event) => ({
      timeUnixNano: nanos(event.at),
      name: event.name,
      attributes: pairsOf(event.attributes),
    })),
    links: span.links.map((link) => ({ ...link, attributes: pairsOf(link.attributes) })),
    status,
  };
}

/** Microseconds as nanoseconds, which are not exact in a double. */
function nanos(micros: number): string {
  return `${micros}000`;
}

function pairsOf(attributes: OtelAttributes): { key: string; value: object }[] {
  return Object.keys(attributes).map((key) => ({ key, value: valueOf(attributes[key]!) }));
}

function valueOf(value: OtelValue): object {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    const isWhole = Number.isSafeInteger(value) && !Object.is(value, -0);
    return isWhole ? { intValue: String(value) } : { doubleValue: doubleOf(value) };
  }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (isList(value)) return { arrayValue: { values: value.map(valueOf) } };
  return { kvlistValue: { values: pairsOf(value) } };
}

/** Protobuf's JSON has words for what JSON cannot write. */
function doubleOf(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function isList(value: object): value is readonly OtelValue[] {
  return Array.isArray(value);
}
