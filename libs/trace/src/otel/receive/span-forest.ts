import type { SpanId } from '../../model/record.js';
import type { OtelSpan } from '../otel-span.js';

/** Spans of one trace, so that each comes after the one around it where that is among them; the earlier ones first. */
export function parentsFirst(spans: readonly OtelSpan[]): OtelSpan[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const tops: OtelSpan[] = [];
  const inside = new Map<SpanId, OtelSpan[]>();
  for (const span of spans.toSorted((a, b) => a.startedAt - b.startedAt)) {
    const { parentSpanId } = span;
    if (parentSpanId === undefined || parentSpanId === span.spanId || !ids.has(parentSpanId)) tops.push(span);
    else add(inside, parentSpanId, span);
  }
  const ordered: OtelSpan[] = [];
  // A list instead of recursion: a sender chooses how deep the spans nest.
  const waiting = tops.toReversed();
  for (let span = waiting.pop(); span !== undefined; span = waiting.pop()) {
    ordered.push(span);
    const children = inside.get(span.spanId) ?? [];
    inside.delete(span.spanId);
    for (const child of children.toReversed()) waiting.push(child);
  }
  // What is left are rings of spans that name one another as parents.
  return ordered.length === spans.length ? ordered : [...ordered, ...[...inside.values()].flat()];
}

/** The spans of each trace, by W3C trace id. */
export function byTrace(spans: readonly OtelSpan[]): Map<string, OtelSpan[]> {
  const traces = new Map<string, OtelSpan[]>();
  for (const span of spans) add(traces, span.traceId, span);
  return traces;
}

function add(map: Map<string, OtelSpan[]>, key: string, span: OtelSpan): void {
  const list = map.get(key);
  if (list) list.push(span);
  else map.set(key, [span]);
}
