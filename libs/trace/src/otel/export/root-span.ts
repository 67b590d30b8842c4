import type { IdentifyFields, Micros, OpenFields, ResponseFields, TraceRecord } from '../../model/record.js';
import { hasFailed } from '../../model/status.js';
import type { TraceHead } from '../../model/trace.js';
import { EVENT, readReply } from '../../model/vocabulary.js';
import {
  OTEL_KIND,
  OTEL_STATUS,
  type OtelAttributes,
  type OtelEvent,
  type OtelLink,
  type OtelSpan,
} from '../otel-span.js';
import { valueAttributes } from './json-text.js';
import type { SpanFrame } from './span-frame.js';
import { spanIdOf } from './span-ids.js';

type OpenRecord = OpenFields & { ts: Micros };

/** Words of a trace's type that say that a worker took a job. */
const JOBS = new Set(['continued', 'queue', 'job']);
const SERVER_FAULT = 500;

/** The webhook as a span. */
export function rootSpan(
  open: OpenRecord,
  records: readonly TraceRecord[],
  events: readonly OtelEvent[],
  frame: SpanFrame,
): OtelSpan {
  const { head, ids, content } = frame;
  const { identify, response, handler, route } = factsOf(records);
  const arrival = arrivalOf(open, route, head);
  const isFull = content === 'full';
  const caller = open.parent;
  return {
    ...frame.shared,
    spanId: ids.root,
    ...(caller !== undefined && { parentSpanId: spanIdOf(caller) }),
    // The caller's decision, where there is a caller of another process.
    flags: caller === undefined ? 0x101 : 0x300 | (open.link !== undefined || open.sampled ? 1 : 0),
    name: arrival.name ?? handler ?? head.type ?? 'trace',
    kind: arrival.kind,
    startedAt: open.ts,
    endedAt: frame.endedAt,
    attributes: {
      ...arrival.attributes,
      ...(response && { 'http.response.status_code': response.status }),
      ...(handler !== undefined && { 'code.function.name': handler }),
      'openinference.span.kind': 'CHAIN',
      ...outcomeOf(head),
      ...tagsOf(head, isFull),
      ...(isFull && { 'trace.id': head.traceId, ...contentOf(identify, records) }),
      ...(identify?.message_id !== undefined && { 'messaging.message.id': identify.message_id }),
      ...frame.contact,
    },
    events,
    links: linksOf(open, ids.trace, isFull),
    status: statusOf(head, response, isFull),
  };
}

function factsOf(records: readonly TraceRecord[]) {
  let identify: IdentifyFields<unknown> | undefined;
  let response: ResponseFields | undefined;
  let handler: string | undefined;
  let route: string | undefined;
  for (const record of records) {
    if (record.kind === 'identify') identify = record;
    else if (record.kind === 'response') response ??= record;
    if (record.kind === 'identify' || record.kind === 'handler') handler = record.handler ?? handler;
    if (record.kind === 'open' || record.kind === 'handler') route = record.route ?? route;
  }
  return { identify, response, handler, route };
}

/** How the work came: a request, a message of a microservice or of a WebSocket, a job of a queue, or nothing of the kind. */
function arrivalOf(
  { method, path = '' }: OpenRecord,
  route: string | undefined,
  { type }: TraceHead,
): { kind: number; name?: string; attributes: OtelAttributes } {
  if (method === undefined) {
    if (!JOBS.has(type ?? '')) return { kind: OTEL_KIND.internal, attributes: {} };
    return { kind: OTEL_KIND.consumer, attributes: { 'messaging.operation.type': 'process' } };
  }
  if (method === 'RPC' || method === 'WS') {
    const kind = method === 'RPC' ? OTEL_KIND.consumer : OTEL_KIND.server;
    const attributes = { 'messaging.operation.type': 'process', 'messaging.destination.name': path };
    return { kind, name: `process ${path}`, attributes };
  }
  const at = path.search(/[?#]/);
  const plain = at === -1 ? path : path.slice(0, at);
  return {
    kind: OTEL_KIND.server,
    // https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
    name: `${method} ${route ?? plain}`,
    attributes: {
      'http.request.method': method,
      'url.path': plain,
      ...(route !== undefined && { 'http.route': route }),
    },
  };
}

function outcomeOf({ status, key, dropped, lateEvents, type }: TraceHead): OtelAttributes {
  return {
    'trace.key': key,
    'trace.status': status,
    ...(type !== null && { 'trace.type': type }),
    ...(dropped > 0 && { 'trace.dropped_events': dropped }),
    ...(lateEvents > 0 && { 'trace.late_events': lateEvents }),
  };
}

/** A text of the application may be what a person wrote. */
function tagsOf({ tags }: TraceHead, isFull: boolean): OtelAttributes {
  const shown = Object.entries(tags).filter(([, value]) => isFull || typeof value !== 'string');
  return Object.fromEntries(shown.map(([key, value]) => [`trace.tag.${key}`, value]));
}

/** What the contact wrote, and what it was answered last. */
function contentOf(identify: IdentifyFields<unknown> | undefined, records: readonly TraceRecord[]): OtelAttributes {
  let reply: string | undefined;
  for (const record of records) {
    if (record.kind === 'event' && record.type === EVENT.sent) reply = readReply(record.data).text ?? reply;
  }
  return {
    ...valueAttributes('input', identify?.message ?? identify?.body),
    ...valueAttributes('output', reply),
  };
}

/** The trace that made the job. It has the same W3C trace id, because its carrier brings it. */
function linksOf({ link, parent }: OpenRecord, traceId: string, isFull: boolean): OtelLink[] {
  if (link === undefined || parent === undefined) return [];
  return [{ traceId, spanId: spanIdOf(parent), attributes: isFull ? { 'trace.id': link } : {} }];
}

/** A refusal (4xx) is the client's fault, and no error of a server, as the conventions for HTTP have it. */
function statusOf(head: TraceHead, response: ResponseFields | undefined, isFull: boolean): OtelSpan['status'] {
  const isFault = response !== undefined && response.status >= SERVER_FAULT;
  if (!isFault && !hasFailed(head.status)) return { code: OTEL_STATUS.unset };
  const reason = isFull ? (head.firstError?.message ?? head.status) : head.status;
  return { code: OTEL_STATUS.error, message: reason };
}
