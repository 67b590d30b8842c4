import type { Micros } from '../../model/record.js';
import { TRACE_STATUSES, type TraceStatus } from '../../model/status.js';
import { NAMES } from '../names/attribute-names.js';
import { firstOf, textOfFirst } from '../names/values.js';
import { OTEL_KIND, OTEL_STATUS, type OtelSpan } from '../otel-span.js';
import { type Draft, endOf, IMPORTED_KEY } from './drafts.js';

/** Who a conversation is with. */
const CONTACT = ['user.id', 'enduser.id', 'session.id', 'gen_ai.conversation.id'];

/** The span that is the webhook: a request or a job that came from outside. `undefined`: the trace has only steps. */
export function rootIn(ordered: readonly OtelSpan[]): OtelSpan | undefined {
  const ids = new Set(ordered.map(({ spanId }) => spanId));
  return ordered.find(
    ({ kind, parentSpanId, attributes }) =>
      (parentSpanId === undefined || !ids.has(parentSpanId)) &&
      (kind === OTEL_KIND.server || kind === OTEL_KIND.consumer || typeof attributes['trace.id'] === 'string'),
  );
}

/** Contact of a trace, as its spans name it. */
export function contactIn(spans: readonly OtelSpan[]): string | undefined {
  return spans.map(({ attributes }) => textOfFirst(attributes, CONTACT)).find((text) => text !== undefined);
}

/** What is recorded of a webhook around its steps. */
export function rootRecords(
  root: OtelSpan | undefined,
  spans: readonly OtelSpan[],
  id: string,
  failed: boolean,
): { before: Draft[]; after: Draft[] } {
  const all = root ? [root] : spans;
  const startedAt = Math.min(...all.map((span) => span.startedAt));
  const endedAt = all.reduce((latest, span) => Math.max(latest, endOf(span)), startedAt);
  const first = root ?? spans.find((span) => span.startedAt === startedAt)!;
  const of = { trace: IMPORTED_KEY };
  const attributes = first.attributes;
  const method = root && textOfFirst(attributes, NAMES.method);
  const path = root && textOfFirst(attributes, ['url.path', 'http.target', 'http.route']);
  const route = root && textOfFirst(attributes, ['http.route']);
  const message = root && textOfFirst(attributes, ['input.value']);
  const handler = root && textOfFirst(attributes, ['code.function.name']);
  const status = Number(root && firstOf(attributes, NAMES.status));
  const before: Draft[] = [
    {
      ...of,
      kind: 'open',
      ts: startedAt,
      id,
      traceparent: `00-${first.traceId}-${first.spanId}-01`,
      ...(root?.parentSpanId !== undefined && { parent: root.parentSpanId }),
      ...(method !== undefined && { method }),
      ...(path !== undefined && { path }),
      ...(route !== undefined && { route }),
    },
    {
      ...of,
      kind: 'identify',
      ts: startedAt,
      id,
      contact: contactIn(root ? [root, ...spans] : spans) ?? 'unknown',
      type: textOfFirst(attributes, ['trace.type']) ?? 'otlp',
      ...(message !== undefined && { message }),
      ...(handler !== undefined && { handler }),
    },
  ];
  const ended = all.some((span) => span.endedAt !== undefined);
  const after: Draft[] = [
    ...(status > 0
      ? [{ ...of, kind: 'response' as const, ts: endedAt, status, ms: (endedAt - startedAt) / 1_000 }]
      : []),
    ...(ended ? [{ ...of, kind: 'end' as const, ts: endedAt, status: statusOf(root, failed) }] : []),
  ];
  return { before, after };
}

function statusOf(root: OtelSpan | undefined, failed: boolean): Exclude<TraceStatus, 'active'> {
  const own = root && textOfFirst(root.attributes, ['trace.status']);
  const known = TRACE_STATUSES.find((status) => status === own);
  if (known !== undefined && known !== 'active') return known;
  return failed || root?.status.code === OTEL_STATUS.error ? 'error' : 'completed';
}

/** Where a trace began. */
export function startOf(spans: readonly OtelSpan[]): Micros {
  return spans.reduce((earliest, span) => Math.min(earliest, span.startedAt), Infinity);
}
