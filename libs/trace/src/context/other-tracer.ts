import { processShared } from '../model/process-shared.js';
import type { SpanId } from '../model/record.js';
import type { TraceRef } from './recorder.js';

/** Finds the span of another tracer in which the running code is, as the parent of a span that begins in `ref`. */
export type ParentFinder = (ref: TraceRef, active: SpanId) => SpanId | undefined;

/** Finders of the process: one for each processor that is not shut down. */
const shared = processShared<{ readonly finders: ParentFinder[] }>('other-tracer.v1', () => ({ finders: [] }));

/** Where every copy of `@opentelemetry/api` 1.x finds the context manager, and under which key a context has its span. */
const API = Symbol.for('opentelemetry.js.api.1');
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');

interface OtelApi {
  readonly context?: { active(): { getValue(key: symbol): unknown } };
}

/** Adds a finder. The returned function removes it. */
export function addParentFinder(finder: ParentFinder): () => void {
  shared.finders.push(finder);
  return () => {
    const index = shared.finders.indexOf(finder);
    if (index >= 0) shared.finders.splice(index, 1);
  };
}

/**
 * The recorded span of OpenTelemetry that is the parent of a span which begins in `ref`; `undefined`: the ref's own span is. Never
 * throws.
 */
export function parentOfOtherTracer(ref: TraceRef): SpanId | undefined {
  const { finders } = shared;
  if (finders.length === 0) return undefined;
  try {
    const active = activeSpanId();
    if (active === undefined) return undefined;
    for (const finder of finders) {
      const parent = finder(ref, active);
      if (parent !== undefined) return parent;
    }
  } catch {
    // The context manager is the application's. The span belongs to the ref's.
  }
  return undefined;
}

function activeSpanId(): SpanId | undefined {
  const api = (globalThis as { [API]?: OtelApi })[API];
  const span = api?.context?.active().getValue(SPAN) as { spanContext?(): { spanId?: unknown } } | undefined;
  const id = span?.spanContext?.().spanId;
  return typeof id === 'string' ? id : undefined;
}
