import { finalize, type Observable, tap } from 'rxjs';
import { dataAt } from '../context/streams/data-at.js';
import type { MessageTrace } from './message-capture.js';

/** WebSocket's `readyState` of a connection that is being closed. */
const CLOSING = 2;

/**
 * Watches what a message handler answers: its error, its end, and whether the client of a WebSocket left before that. Nest
 * then unsubscribes from an Observable; what a promise answers is sent to a closed connection.
 *
 * @param client of a WebSocket, as its platform has it; `undefined` for a message of a microservice
 */
export function watchAnswer<T>(trace: MessageTrace, client: unknown, answer: Observable<T>): Observable<T> {
  let settled = false;
  let lost = false;
  return answer.pipe(
    tap({
      next: (value) => (lost ||= value !== undefined && hasLeft(client)),
      error: (error: unknown) => {
        settled = true;
        trace.fail(error);
      },
      complete: () => (settled = true),
    }),
    finalize(() => {
      const cutOff = !settled && hasLeft(client);
      if (cutOff || lost) trace.left(cutOff);
    }),
  );
}

/** Of `ws`, and of socket.io. */
function hasLeft(client: unknown): boolean {
  const state = dataAt(client, '_readyState');
  return (typeof state === 'number' && state >= CLOSING) || dataAt(client, 'connected') === false;
}
