import type { TraceRef } from '../../context/recorder.js';
import { OTEL_KIND } from '../otel-span.js';
import type { StartedSpan } from './accept.js';
import type { KnownSpan } from './known-spans.js';

const LANGCHAIN = /langchain|langgraph/i;
/** Tracers of the AI SDK: of `@ai-sdk/otel`, and of its older spans. */
const AI_SDK: ReadonlySet<string> = new Set(['gen_ai', 'ai']);
/** The outermost span of an operation of the AI SDK. */
const AI_OPERATION = /^invoke_agent|^ai\.\w+$/;

/** Why capture's record of the work is enough; `false`: there is none. */
export function isAlreadyRecorded(
  span: StartedSpan & { readonly kind: number },
  ref: TraceRef,
  around: KnownSpan | undefined,
): boolean {
  const { scope, type, kind, attributes, name } = span;
  // The request is the trace itself.
  if (kind === OTEL_KIND.server && isHttp(span)) return true;
  if (attributes['nestjs.type'] === 'request_context') return true;
  if (type === 'http') return kind === OTEL_KIND.client && captures(ref, 'call');
  if (LANGCHAIN.test(scope)) return captures(ref, 'langchain');
  if (!AI_SDK.has(scope)) return false;
  const inside = around?.captured === true && around.scope === scope && !AI_OPERATION.test(name);
  return inside || captures(ref, 'ai');
}

function captures(ref: TraceRef, work: 'call' | 'ai' | 'langchain'): boolean {
  return ref.recorder.captures?.(ref, work) ?? false;
}

function isHttp({ attributes }: StartedSpan): boolean {
  return (attributes['http.request.method'] ?? attributes['http.method']) !== undefined;
}
