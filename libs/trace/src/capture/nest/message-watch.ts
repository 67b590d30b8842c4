import { finalize, type Observable, tap } from 'rxjs';
import { dataAt } from '../../context/follow/streams/data-at.js';
import type { MessageTrace } from './message-capture.js';

/** WebSocket's `readyState` of a connection that is being closed. */
const CLOSING = 2;

/**
 * Watches what a message handler answers: its error, its end, and whether the client of a WebSocket left before that, in
 * which case Nest unsubscribes. One that has answered a part is an Observable and is cut off; of one that has answered
 * nothing that is unknown, as a promise goes on.
 *
 * @param client of a WebSocket, as its platform has it; `undefined` for a message of a microservice
 */
export function watchAnswer<T>(trace: MessageTrace, client: unknown, answer: Observable<T>): Observable<T> {
  let settled = false;
  let answered = false;
  return answer.pipe(
    tap({
      next: () => (answered = true),
      error: (error: unknown) => {
        settled = true;
        trace.fail(error);
      },
      complete: () => (settled = true),
    }),
    finalize(() => {
      if (!settled && hasLeft(client)) trace.left(answered);
    }),
  );
}

/** Of `ws`, and of socket.io. */
function hasLeft(client: unknown): boolean {
  const state = dataAt(client, '_readyState');
  return (typeof state === 'number' && state >= CLOSING) || dataAt(client, 'connected') === false;
}
