import { EVENT } from '../../model/vocabulary.js';
import type { AssembledError, AssembledTrace } from '../trace/assemble.js';
import { asRecord } from '../events/event-data.js';
import { hasPoint } from './recorded.js';

/**
 * Whether this error is the one that became the response: a guard refused with it, or the response's body carries its
 * message (that of its body, where it has one). Only the error that was recorded last with the message can be; a repeated one is the same failure.
 */
export function becameResponse({ dto }: AssembledError, { response }: AssembledTrace): boolean {
  const said = response?.error;
  if (said === undefined || said === '') return false;
  return said === dto.message || said === bodyMessage(dto.detail);
}

/** Of an exception with a body of its own, as ValidationPipe's, the response has the body's message. */
function bodyMessage(detail: unknown): string | undefined {
  const { message } = asRecord(asRecord(detail).response);
  if (typeof message === 'string') return message;
  return Array.isArray(message) ? message.join('; ') : undefined;
}

/**
 * What records show about what became of an error, in parentheses with a space before; the empty text where none does.
 *
 * - `after_response` on the error: it was thrown after the response was sent.
 * - `error` on the response, equal to its message or its reasons: it became the response.
 * - the span that the error left ended as `error`, and a span around it ended well and later: it was caught in there.
 */
export function fateWords(error: AssembledError, trace: AssembledTrace): string {
  if (error.dto.after_response) return ' (thrown after the response was sent)';
  if (trace.response && becameResponse(error, trace)) return ` (became the response: ${trace.response.status})`;
  const catcher = catchingSpan(error, trace);
  return catcher === undefined ? '' : ` (caught in ${catcher})`;
}

/** Name of the first span around the failed ones that went on without failing. */
function catchingSpan({ span, at }: AssembledError, trace: AssembledTrace): string | undefined {
  // A rejection that reached the process was caught by no step, however well the steps around it ended.
  if (hasPoint(trace, EVENT.unhandledRejection) || hasPoint(trace, EVENT.uncaughtException)) return undefined;
  const seen = new Set<string>();
  let left = false;
  for (let id = span; id !== null && !seen.has(id);) {
    seen.add(id);
    const around = trace.spans.get(id);
    if (!around || around.ms === null || around.outcome === 'cancelled') return undefined;
    if (around.outcome === null) {
      // A step that had ended before the error cannot have caught it: the work inside was not awaited.
      return left && around.startedAt + around.ms * 1000 >= at ? around.name : undefined;
    }
    left = true;
    id = around.parent;
  }
  return undefined;
}
