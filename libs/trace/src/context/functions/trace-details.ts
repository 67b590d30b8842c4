import type { AttributeValue } from '../../model/attributes.js';
import { reportInternalError } from '../recorder.js';
import { currentRef } from '../trace-context.js';

/** Tokens of a model call, as `traceUsage` takes them. `input` and `output` are totals: the other counts are parts of them. */
export interface TraceUsageInput {
  /** The model that answered. */
  model?: string;
  /** `openai`, `anthropic`, … */
  provider?: string;
  /** All input tokens, cached ones included. */
  input?: number;
  /** All output tokens, reasoning included. */
  output?: number;
  /** Part of `input` that was read from the provider's cache. */
  cacheRead?: number;
  /** Part of `input` that was written to the provider's cache. */
  cacheWrite?: number;
  /** Part of `output`. */
  reasoning?: number;
  /** What the call cost, in US dollars, where the provider says so. */
  costUsd?: number;
}

/** Fields for a log line, as `traceLogFields` returns them. Empty outside a trace. */
export interface TraceLogFields {
  /** The trace's id, as `get-trace trace <id>` takes it. */
  trace_id?: string;
  /** The open span, 16 hex digits. */
  span_id?: string;
  /** The W3C trace id, 32 hex digits: the name that OpenTelemetry has for the same trace. */
  w3c_trace_id?: string;
}

/**
 * Reports the tokens of a model call that is not recorded by itself. Inside an open `llm` span they belong to that span, and
 * a second report is added to the first; elsewhere they are the event `llm_usage`. Lists, statistics and costs count both.
 * A call whose span has its own tokens must not be reported again. Does nothing outside a trace. Never throws.
 *
 * @param usage `{ model, provider, input, output, cacheRead, cacheWrite, reasoning, costUsd }`, or the usage object of a
 *   provider's response
 * @example
 * traceUsage({ model: 'whisper-1', provider: 'openai', costUsd: 0.006 });
 * traceUsage({ prompt_tokens: 812, completion_tokens: 64 }); // as the provider reports them
 */
export function traceUsage(usage: TraceUsageInput | object): void {
  const ref = currentRef();
  if (ref === undefined || typeof usage !== 'object' || usage === null) return;
  try {
    ref.recorder.usage?.(ref, usage);
  } catch (error) {
    reportInternalError(ref.recorder, 'traceUsage', error);
  }
}

/**
 * Sets a tag of this trace, by which lists filter: `plan`, `campaign`, `version`. The last value of a key counts. Does
 * nothing outside a trace. Never throws.
 *
 * @param key 1 to 40 of the characters `A-Z a-z 0-9 _ . -`; a tag with another key is ignored
 * @param value a text, of which 200 characters are kept, a number or a boolean. A trace has at most 32 tags
 * @example
 * traceTag('model', model);
 */
export function traceTag(key: string, value: AttributeValue): void {
  const ref = currentRef();
  if (ref === undefined) return;
  try {
    ref.recorder.tag?.(ref, key, value);
  } catch (error) {
    reportInternalError(ref.recorder, 'traceTag', error);
  }
}

/**
 * Returns the ids of the current trace as fields for a log line, or `{}` outside a trace: for pino's `mixin`, for formats of
 * winston. `trace_id` can be pasted into `get-trace trace <id>`.
 *
 * @example
 * const options = { pinoHttp: { mixin: () => traceLogFields() } };
 */
export function traceLogFields(): TraceLogFields {
  const ref = currentRef();
  if (ref === undefined) return {};
  try {
    const context = ref.recorder.contextOf(ref);
    if (context === undefined) return {};
    const { traceId, spanId, traceparent } = context;
    return { trace_id: traceId, span_id: spanId, w3c_trace_id: traceparent.split('-')[1] };
  } catch (error) {
    reportInternalError(ref.recorder, 'traceLogFields', error);
    return {};
  }
}
