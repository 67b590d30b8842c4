import { asRecord } from '../../events/event-data.js';

/** The providers' words for "the limit of tokens is reached". */
const LIMIT_REACHED: ReadonlySet<unknown> = new Set([
  'length',
  'max_tokens',
  'max_output_tokens',
  'model_context_window_exceeded',
]);

const NAMES = ['finish_reason', 'finishReason', 'stop_reason', 'stopReason', 'done_reason'];

/**
 * Why a model stopped, where its output says so: capture's `finish_reason`, or the provider's own member in an output that
 * the application recorded unchanged (`choices[0].finish_reason`, `candidates[0].finishReason`).
 */
export function finishReason(output: unknown): string | undefined {
  const whole = asRecord(output);
  const first = [whole.choices, whole.candidates].map((list) => (Array.isArray(list) ? asRecord(list[0]) : {}));
  for (const part of [whole, ...first]) {
    for (const name of NAMES) if (typeof part[name] === 'string') return part[name];
  }
  return undefined;
}

/** Whether the limit of tokens cut the answer. */
export function isCutAtLimit(reason: string | undefined): boolean {
  return reason !== undefined && LIMIT_REACHED.has(reason.toLowerCase());
}
