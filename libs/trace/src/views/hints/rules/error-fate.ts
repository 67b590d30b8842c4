import { EVENT } from '../../../model/vocabulary.js';
import type { AssembledError, AssembledTrace } from '../../trace/assemble.js';
import { asRecord } from '../../events/event-data.js';
import { hasPoint } from './recorded.js';

/**
 * Whether the error became the response: the message in the response's body is the error's message, or the message of the
 * body that the error has.
 */
export function becameResponse({ dto }: AssembledError, { response }: AssembledTrace): boolean {
  const said = response?.error;
  if (said === undefined || said === '') return false;
  return said === dto.message || said === bodyMessage(dto.detail);
}

/** Message in the body of an exception that has one, such as ValidationPipe's. */
function bodyMessage(detail: unknown): string | undefined {
  const { message } = asRecord(asRecord(detail).response);
  if (typeof message === 'string') return message;
  return Array.isArray(message) ? message.join('; ') : undefined;
}

/**
 * What happened to an error, in parentheses with a space before; the empty text where no record shows it.
 *
 * - `after_response` on the error: it was thrown after the response was sent.
 * - `error` on the response, equal to its message or its reasons: it became the response.
 * - the error's span ended as `error`, and a span around it ended without an error and later: that span caught it.
 */
export function fateWords(error: AssembledError, trace: AssembledTrace): string {
  if (error.dto.after_response) return ' (thrown after the response was sent)';
  if (trace.response && becameResponse(error, trace)) return ` (became the response: ${trace.response.status})`;
  const catcher = catchingSpan(error, trace);
  return catcher === undefined ? '' : ` (caught in ${catcher})`;
}

/** Name of the first span around the failed ones that did not fail. */
function catchingSpan({ span, at }: AssembledError, trace: AssembledTrace): string | undefined {
  // No step caught an error that reached the process, even if the steps around it ended without an error.
  if (hasPoint(trace, EVENT.unhandledRejection) || hasPoint(trace, EVENT.uncaughtException)) return undefined;
  const seen = new Set<string>();
  let left = false;
  for (let id = span; id !== null && !seen.has(id);) {
    seen.add(id);
    const around = trace.spans.get(id);
    if (!around || around.endedAt === null || around.outcome === 'cancelled') return undefined;
    if (around.outcome === null) {
      // A step that ended before the error did not catch it: it did not await the work inside.
      return left && around.endedAt >= at ? around.name : undefined;
    }
    left = true;
    id = around.parent;
  }
  return undefined;
}
