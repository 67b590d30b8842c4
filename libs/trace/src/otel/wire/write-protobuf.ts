import type { OtelAttributes, OtelEvent, OtelLink, OtelSpan, OtelValue } from '../otel-span.js';
import { groupSpans } from './span-groups.js';
import { ProtobufWriter } from './protobuf-writer.js';

const MAX_DEPTH = 32;

/**
 * Spans as the bytes of an `ExportTraceServiceRequest`. Field numbers are those of the schema.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function writeProtobuf(spans: readonly OtelSpan[]): Buffer {
  const out = new ProtobufWriter();
  for (const { resource, scopes } of groupSpans(spans)) {
    out.message(1, () => {
      out.message(1, () => writeAttributes(out, 1, resource));
      for (const { scope, spans: some } of scopes) {
        out.message(2, () => {
          out.message(1, () => {
            out.text(1, scope.name);
            if (scope.version !== undefined) out.text(2, scope.version);
          });
          for (const span of some) out.message(2, () => writeSpan(out, span));
        });
      }
    });
  }
  return out.bytes();
}

function writeSpan(out: ProtobufWriter, span: OtelSpan): void {
  out.hex(1, span.traceId);
  out.hex(2, span.spanId);
  if (span.traceState !== undefined) out.text(3, span.traceState);
  if (span.parentSpanId !== undefined) out.hex(4, span.parentSpanId);
  out.text(5, span.name);
  out.int(6, span.kind);
  out.nanos(7, span.startedAt);
  if (span.endedAt !== undefined) out.nanos(8, span.endedAt);
  writeAttributes(out, 9, span.attributes);
  for (const event of span.events) out.message(11, () => writeEvent(out, event));
  for (const link of span.links) out.message(13, () => writeLink(out, link));
  out.message(15, () => {
    if (span.status.message !== undefined) out.text(2, span.status.message);
    if (span.status.code !== 0) out.int(3, span.status.code);
  });
  if (span.flags !== undefined) out.fixed32(16, span.flags);
}

function writeEvent(out: ProtobufWriter, { at, name, attributes }: OtelEvent): void {
  out.nanos(1, at);
  out.text(2, name);
  writeAttributes(out, 3, attributes);
}

function writeLink(out: ProtobufWriter, { traceId, spanId, attributes }: OtelLink): void {
  out.hex(1, traceId);
  out.hex(2, spanId);
  writeAttributes(out, 4, attributes);
}

function writeAttributes(out: ProtobufWriter, field: number, attributes: OtelAttributes, depth = 0): void {
  for (const name of Object.keys(attributes)) {
    out.message(field, () => {
      out.text(1, name);
      out.message(2, () => writeValue(out, attributes[name]!, depth));
    });
  }
}

/** `null` is a value without content. */
function writeValue(out: ProtobufWriter, value: OtelValue, depth: number): void {
  if (value === null || depth > MAX_DEPTH) return;
  if (typeof value === 'string') out.text(1, value);
  else if (typeof value === 'boolean') out.bool(2, value);
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) out.int(3, value);
    else out.double(4, value);
  } else if (value instanceof Uint8Array) out.data(7, value);
  else if (isList(value)) {
    out.message(5, () => value.forEach((item) => out.message(1, () => writeValue(out, item, depth + 1))));
  } else out.message(6, () => writeAttributes(out, 1, value, depth + 1));
}

function isList(value: object): value is readonly OtelValue[] {
  return Array.isArray(value);
}
