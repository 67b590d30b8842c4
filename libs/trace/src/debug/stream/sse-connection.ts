import type { MessageEvent } from '@nestjs/common';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Observable } from 'rxjs';
import { clearInterval, delay, performance, setInterval } from '../../model/timers.js';
import type { StreamMessage } from '../../contract/responses.js';
import { HEARTBEAT_FRAME, OPENING_FRAME, errorFrame, messageFrame, resetFrame } from './sse-frame.js';

/** A client is slow when its socket stays full for this long, in milliseconds; every burst fills it for a moment. */
const SLOW_MS = 250;

export interface SseConnectionOptions {
  response: ServerResponse;
  messages: AsyncIterator<StreamMessage>;
  /** The first `messages.next()`, where it was called before. */
  first?: Promise<IteratorResult<StreamMessage>>;
  /** Ends `messages`; also aborted by the connection. */
  abort: AbortController;
  /** The client's position where it was too slow since the last call. */
  takeReset: () => string | undefined;
  /** The position the client resumed at. */
  lastId?: string;
  heartbeatMs: number;
  /** The public form of an error. */
  describe: (error: unknown) => object;
}

/**
 * One client of the stream. `@Sse` manages the connection: its headers, its end, and the client's disconnect, which
 * unsubscribes. The frames are written here and the Observable emits nothing, because:
 *
 * - an application's envelope interceptor maps what an Observable emits, and would rewrite every message;
 * - Nest gives a message without an id one of its own, and the client would resume from there;
 * - Nest queues for a slow client and drops it at 4 MiB. Here the next message is read when the last is written: a slow
 *   client causes no queue, and misses nothing.
 */
export class SseConnection {
  private lastId: string | undefined;
  /** Whether the client was slow since the last reset. */
  private isSlow = false;

  constructor(private readonly options: SseConnectionOptions) {
    this.lastId = options.lastId;
  }

  observable(): Observable<MessageEvent> {
    return new Observable((subscriber) => {
      const { abort } = this.options;
      const heartbeat = setInterval(() => this.beat(), this.options.heartbeatMs);
      heartbeat.unref();
      const force = () => subscriber.next({ comment: 'open', data: '', id: this.lastId ?? '' } as MessageEvent);
      void this.run(force).finally(() => subscriber.complete());
      return () => {
        clearInterval(heartbeat);
        abort.abort();
      };
    });
  }

  private async run(forceHeaders: () => void): Promise<void> {
    const { messages, abort, takeReset } = this.options;
    try {
      await this.headersSent(forceHeaders);
      await this.write(OPENING_FRAME);
      let next = await (this.options.first ?? messages.next());
      while (!next.done && !abort.signal.aborted) {
        const after = takeReset();
        if (after !== undefined) await this.sendReset(after);
        await this.write(messageFrame(next.value));
        this.lastId = next.value.id;
        next = await messages.next();
      }
    } catch (error) {
      if (!abort.signal.aborted) await this.fail(error);
    } finally {
      abort.abort();
      // A waiting iterator handles `return` only afterwards; the signal ends it.
      messages.return?.(undefined)?.catch(() => undefined);
    }
  }

  /** A client that catches up after a reconnect also falls behind, and gets no reset: it is not slow. */
  private async sendReset(after: string): Promise<void> {
    if (!this.isSlow) return;
    this.isSlow = false;
    await this.write(resetFrame(after));
  }

  private async fail(error: unknown): Promise<void> {
    try {
      await this.write(errorFrame(this.options.describe(error), this.lastId));
    } catch {
      // The client left meanwhile.
    }
  }

  private beat(): void {
    const { response } = this.options;
    if (response.headersSent && isWritable(response) && !response.writableNeedDrain) response.write(HEARTBEAT_FRAME);
  }

  /** Nest sends the headers in a turn of its own after it subscribed; a version that waits for a first message gets one. */
  private async headersSent(force: () => void): Promise<void> {
    const { response, abort } = this.options;
    for (let turn = 0; !response.headersSent && !abort.signal.aborted; turn += 1) {
      if (turn === 20) force();
      await delay(1);
    }
  }

  private async write(frame: string): Promise<void> {
    const { response, abort } = this.options;
    if (abort.signal.aborted || !isWritable(response)) return;
    if (response.write(frame)) return;
    const since = performance.now();
    await once(response, 'drain', { signal: abort.signal });
    if (performance.now() - since >= SLOW_MS) this.isSlow = true;
  }
}

function isWritable(response: ServerResponse): boolean {
  return !response.writableEnded && !response.destroyed;
}
