import { normaliseUsage } from '../../model/usage.js';
import type { SpanId } from '../../model/record.js';
import type { OpenSpanInfo, OpenSpans } from '../trace/open-spans.js';
import type { ModelResponse } from './outgoing-dialect.js';

/**
 * The library's span that a model call at the wire belongs to: the one around it, or, where the library makes its calls
 * outside its span's context, one that waits for a call to the same model. `undefined`: none.
 */
export function foldInto(
  spans: OpenSpans,
  around: SpanId | undefined,
  model: string | undefined,
): OpenSpanInfo | undefined {
  const library = spans.llmAround(around);
  // `false`: it had a call already, and makes another, such as a retry.
  if (library?.awaitsCall !== undefined) return take(library);
  for (const span of spans)
    if (span.awaitsCall && (span.model === undefined || model === undefined || span.model === model)) return take(span);
  return undefined;
}

function take(span: OpenSpanInfo): OpenSpanInfo {
  span.awaitsCall = false;
  return span;
}

/** A call of the library failed: it may make another one, also outside its span's context. */
export function expectAnother(span: OpenSpanInfo): void {
  span.awaitsCall = true;
}

/**
 * Gives the library's span what the call showed and the library may lack.
 * @param firstToken monotonic milliseconds
 */
export function handOver(span: OpenSpanInfo, read: ModelResponse | undefined, firstToken: number | undefined): void {
  const usage = normaliseUsage(read?.usage);
  if (usage) {
    const { reported } = span;
    if (reported) for (const key of COUNTS) reported[key] = sum(reported[key], usage[key]);
    else span.reported = { ...(read?.model !== undefined && { model: read.model }), ...usage };
  }
  if (firstToken !== undefined) span.firstToken ??= firstToken;
}

const COUNTS = ['input', 'output', 'cache_read', 'cache_write', 'reasoning', 'total', 'cost_usd'] as const;

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}
