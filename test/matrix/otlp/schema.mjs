/** Requests of OTLP in one form: as the official generated code reads protobuf, and as OTLP's JSON has them. */
import { createRequire } from 'node:module';

const root = createRequire(import.meta.url)('otlp-schema/build/src/generated/root.js');
const Request = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
const IDS = ['traceId', 'spanId', 'parentSpanId'];

/** Protobuf as OTLP's JSON, whose ids are hex digits. */
export function decode(bytes) {
  const read = Request.toObject(Request.decode(bytes), { longs: String, bytes: String, enums: Number });
  return withIds(read, (id) => Buffer.from(id, 'base64').toString('hex'));
}

/** OTLP's JSON as protobuf; throws where the schema has another type. */
export function encode(request) {
  const given = withIds(request, (id) => Buffer.from(id, 'hex').toString('base64'));
  const fault = Request.verify(Request.fromObject(given));
  if (fault !== null) throw new Error(fault);
  return Request.encode(Request.fromObject(given)).finish();
}

/** The spans of a request in the order of their ids, with attributes as objects. The schema of this decoder has no `flags`. */
export function spansOf({ resourceSpans }) {
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => plain(span, scope))))
    .toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1));
}

function plain(span, scope) {
  const { traceId, spanId, parentSpanId = '', traceState = '', name, kind } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    traceState,
    name,
    kind,
    // A trace that is exported by hand does not say which release recorded it.
    scope: scope.name,
    start: BigInt(span.startTimeUnixNano),
    end: BigInt(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    events: (span.events ?? []).map((event) => ({
      name: event.name,
      at: BigInt(event.timeUnixNano),
      attributes: attributesOf(event.attributes),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: attributesOf(link.attributes),
    })),
    status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
  };
}

/** A value keeps its type: `{ intValue: '1' }` is not `{ doubleValue: 1 }`. */
function attributesOf(pairs = []) {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, JSON.stringify(value)]));
}

function withIds(request, change) {
  return JSON.parse(JSON.stringify(request), (name, value) =>
    IDS.includes(name) && typeof value === 'string' && value !== '' ? change(value) : value,
  );
}

/** Every value with its place, without those that protobuf leaves out and without `flags`. */
export function leavesOf(value, place = '') {
  if (typeof value !== 'object' || value === null) {
    return value === 0 || value === '' || place.endsWith('.flags') ? [] : [`${place}: ${value}`];
  }
  return Object.keys(value)
    .toSorted()
    .flatMap((name) => leavesOf(value[name], `${place}.${name}`));
}
