import { type ServerResponse, STATUS_CODES } from 'node:http';
import { answerMessage } from './error-response.js';
import type { ResponseEnd } from './response-listener.js';

/**
 * The error of a response that says so by its status or by how it ended; `undefined`: there is none, or what was recorded
 * in the trace already explains it.
 */
export function transferError(
  response: ServerResponse,
  status: number,
  { cut, errorAnswer, recorded }: Pick<ResponseEnd, 'cut' | 'errorAnswer'> & { recorded: number },
): Error | undefined {
  if (cut === 'server' && (recorded > 0 || isEventStream(response))) return undefined;
  if (cut === 'server') return new TransferError('AnswerCut', CUT_HERE);
  if (status < 400 || cut || recorded > 0) return undefined;
  const reason = answerMessage(errorAnswer) ?? STATUS_CODES[status] ?? 'no reason given';
  return new TransferError('HttpStatusError', `${status} ${reason}`);
}

/** The transfer broke on our side. A client that leaves, also in the middle of its upload, makes the trace `cancelled`. */
const CUT_HERE = 'the connection was closed on this side before the answer was whole';

/** A stream of events has no last byte: closing it is its normal end. */
function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream');
}

/** An error that was not thrown where capture sees it: a guard, a body parser or the router refused the request. */
class TransferError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
    // The stack would lead here, not to the cause.
    this.stack = undefined;
  }
}
