import { finalize, type Observable, tap } from 'rxjs';
import { dataAt } from '../../context/follow/streams/data-at.js';
import type { MessageTrace } from './message-capture.js';

/** WebSocket's `readyState` of a connection that is being closed. */
const CLOSING = 2;

/**
 * Watches the answer of a message handler: its error, its end, and whether the client of a WebSocket left before that, in
 * which case Nest unsubscribes. An answer of which a part came is an Observable and is cut off. Without a part it may be a
 * promise, which goes on.
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

/** Whether a client of `ws` or of socket.io is disconnected. */
function hasLeft(client: unknown): boolean {
  const state = dataAt(client, '_readyState');
  return (typeof state === 'number' && state >= CLOSING) || dataAt(client, 'connected') === false;
}
