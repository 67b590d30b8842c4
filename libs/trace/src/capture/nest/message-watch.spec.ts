import { EMPTY, NEVER, type Observable, of, startWith, throwError } from 'rxjs';
import type { MessageTrace } from './message-capture.js';
import { watchAnswer } from './message-watch.js';

/** Subscribes to an answer, unsubscribes, and returns the arguments that the trace received. */
function seenOf(client: unknown, answer: Observable<unknown>): unknown[] {
  const seen: unknown[] = [];
  const trace = {
    fail: (error: Error) => seen.push(error.message),
    left: (cutOff: boolean) => seen.push(cutOff ? 'cut off' : 'left'),
  } as unknown as MessageTrace;
  watchAnswer(trace, client, answer)
    .subscribe({ error: () => undefined })
    .unsubscribe();
  return seen;
}

/** A client of `ws` 8 and one of socket.io 4, with the members that the watch reads. */
const GONE = [{ _readyState: 3 }, { _readyState: 2 }, { connected: false }];
const HERE = [{ _readyState: 1 }, { connected: true }, undefined, {}, new Proxy({ connected: false }, {})];
const part = NEVER.pipe(startWith('part'));

describe('the answer to a message', () => {
  it.each(GONE)('is abandoned when the client disconnects (%j)', (client) => {
    expect(seenOf(client, NEVER)).toEqual(['left']);
    expect(seenOf(client, part)).toEqual(['cut off']);
  });

  it.each(GONE)('is not abandoned after its end (%j)', (client) => {
    expect(seenOf(client, of('whole'))).toEqual([]);
    expect(seenOf(client, EMPTY)).toEqual([]);
    expect(
      seenOf(
        client,
        throwError(() => new Error('down')),
      ),
    ).toEqual(['down']);
  });

  it.each(HERE.map((client, at) => [at, client]))(
    'is not abandoned where the connection state is unknown (%i)',
    (_, client) => {
      // An interceptor that takes only the first part does the same.
      expect(seenOf(client, part)).toEqual([]);
    },
  );
});
