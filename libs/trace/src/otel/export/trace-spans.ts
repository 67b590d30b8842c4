import type { SpanId, TraceRecord } from '../../model/record.js';
import type { StoredTrace } from '../../model/trace.js';
import { OWN_SCOPE, type OtelEvent, type OtelSpan } from '../otel-span.js';
import { resourceOf } from './resource.js';
import { rootSpan } from './root-span.js';
import { eventOf, exceptionOf, type ErrorRecord } from './span-events.js';
import type { SpanFrame, SpanOptions } from './span-frame.js';
import { contactAttributes, traceIdsOf } from './span-ids.js';
import { stepSpan, type SpanEndRecord } from './step-span.js';

/**
 * The spans of a trace: one for the webhook, and one for each step. Pure, and the same for the same records, so a receiver that
 * keeps one span per id has each once, however often it is sent.
 *
 * @returns the root first, the steps in the order they began; no root where the record of the trace's begin is lost
 */
export function traceSpans({ head, records }: StoredTrace, options: SpanOptions): OtelSpan[] {
  const open = records.find((record) => record.kind === 'open');
  const ids = traceIdsOf(head);
  const frame: SpanFrame = {
    ...options,
    head,
    ids,
    shared: {
      traceId: ids.trace,
      ...(open?.tracestate !== undefined && { traceState: open.tracestate }),
      scope: {
        name: OWN_SCOPE,
        ...(options.process?.version !== undefined && { version: options.process.version }),
      },
      resource: resourceOf(options.resource, options.process),
      links: [],
    },
    contact: contactAttributes(head, options.content),
    endedAt: Math.max(head.endedAt ?? head.lastAt, head.startedAt),
  };
  const { ends, events, errors } = sorted(records, frame);
  const spans = new Map<SpanId, OtelSpan>();
  for (const record of records) {
    if (record.kind !== 'span' || spans.has(record.span)) continue;
    const of = { end: ends.get(record.span), events: events.get(record.span) ?? [], error: errors.get(record.span) };
    spans.set(record.span, stepSpan(record, of, frame));
  }
  // What happened in a span of which the record is lost belongs to the webhook.
  const rest = [...events].flatMap(([span, some]) => (spans.has(span) ? [] : some));
  const root = open && rootSpan(open, records, rest.toSorted(byTime), frame);
  return root ? [root, ...spans.values()] : [...spans.values()];
}

/** Ends, events and first errors by their span; those of the webhook by the root's. */
function sorted(records: readonly TraceRecord[], frame: SpanFrame) {
  const ends = new Map<SpanId, SpanEndRecord>();
  const events = new Map<SpanId, OtelEvent[]>();
  const errors = new Map<SpanId, ErrorRecord>();
  for (const record of records) {
    if (record.kind === 'span_end') ends.set(record.span, record);
    if (record.kind !== 'event' && record.kind !== 'error') continue;
    const span = record.span ?? frame.ids.root;
    const event = record.kind === 'error' ? exceptionOf(record, frame.content) : eventOf(record, frame.content);
    const list = events.get(span);
    if (list) list.push(event);
    else events.set(span, [event]);
    if (record.kind === 'error' && !errors.has(span)) errors.set(span, record);
  }
  return { ends, events, errors };
}

function byTime(a: OtelEvent, b: OtelEvent): number {
  return a.at - b.at;
}
