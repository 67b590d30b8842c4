import type { CallerDto } from '../../contract/responses.js';

/** The caller in one line: its span, whether it is sampled, its `tracestate` and `baggage`. `null`: there is none. */
export function callerWords(caller: CallerDto | undefined): string | null {
  if (caller === undefined) return null;
  const { span_id, sampled, tracestate, baggage } = caller;
  return [
    ...(span_id === null ? [] : [`span ${span_id}, ${sampled ? 'sampled' : 'not sampled'}`]),
    ...(tracestate === undefined ? [] : [`tracestate ${tracestate}`]),
    ...(baggage === undefined ? [] : [`baggage ${baggage}`]),
  ].join(', ');
}
