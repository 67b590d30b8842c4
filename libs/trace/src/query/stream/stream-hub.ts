import { statusList } from '../../model/status.js';
import type { FeedPosition } from '../../model/trace.js';
import type { TraceFeed, TraceStore } from '../../store/port.js';
import { capability } from '../capabilities.js';
import type { StreamMessage } from '../../contract/responses.js';
import type { StreamEntry } from '../../views/responses/stream-message.js';
import { FeedTailer } from './feed-tailer.js';
import { SubscriberBuffer } from './subscriber-buffer.js';
import type { StreamParams } from '../../contract/trace-queries.js';
import { StreamState } from './stream-state.js';

const REPLAY_PAGE = 100;

/**
 * The stream for any number of clients. One tailer reads the feed for all of them. A client that resumes, or that was
 * too slow, reads what it missed by itself, page by page as it takes the messages, and then joins the others at the
 * tailer's position: nothing missing, nothing twice.
 *
 * A message's id is its record's position in the feed. `status` filters by the trace's status after the message: `error`
 * gives `trace.ended` of a failed trace and later messages, `active` all messages before the end.
 */
export class StreamHub {
  private tailer: FeedTailer | undefined;

  constructor(
    private readonly store: Pick<TraceStore, 'feed' | 'getMany' | 'instances'>,
    private readonly maxWaiting?: number,
  ) {}

  /** Begins with the first `next()`; ends with the iteration, or at once when `params.signal` fires. */
  subscribe(params: StreamParams): AsyncIterable<StreamMessage> {
    return { [Symbol.asyncIterator]: () => this.iterate(params) };
  }

  private iterate(params: StreamParams): AsyncIterator<StreamMessage> {
    const stop = new AbortController();
    const signal = params.signal ? AbortSignal.any([params.signal, stop.signal]) : stop.signal;
    const messages = this.follow(params, signal);
    return {
      next: () => messages.next(),
      // A generator's own `return` would wait for a pending `next`, which waits for the next trace.
      return: () => {
        stop.abort();
        return messages.return(undefined);
      },
    };
  }

  private async *follow(params: StreamParams, signal: AbortSignal): AsyncGenerator<StreamMessage, undefined> {
    if (signal.aborted) return undefined;
    const wants = (entry: StreamEntry): boolean => matches(entry, params);
    const feed = capability(this.store, 'feed');
    const buffer = new SubscriberBuffer(wants, this.maxWaiting);
    const tailer = this.join(feed, buffer);
    const leave = (): void => buffer.stop();
    signal.addEventListener('abort', leave, { once: true });
    let ready = params.onReady;
    try {
      let cursor = params.after ?? (await unlessAborted(feed.head(), signal));
      // The tailer reads past the client's own position first, so that this is not ahead of the tailer.
      await unlessAborted(tailer.advance(), signal);
      for (let isFirst = true; ; isFirst = false) {
        if (!buffer.attached) {
          if (!isFirst) params.onReset?.(cursor);
          const until = tailer.position;
          buffer.attach(until);
          for await (const page of this.replay(feed, cursor, until, signal)) {
            ready?.();
            ready = undefined;
            for (const { message } of page.entries.filter(wants)) {
              cursor = message.id;
              yield message;
              if (signal.aborted) return undefined;
            }
            cursor = page.position;
          }
        }
        for (const { message } of buffer.take()) {
          cursor = message.id;
          yield message;
          if (signal.aborted) return undefined;
        }
        // Nothing waits: the client is at its buffer's position, however little its filter passes.
        if (buffer.attached && buffer.empty) cursor = buffer.position ?? cursor;
        await buffer.arrival();
        if (signal.aborted) return undefined;
      }
    } catch (error) {
      if (error === ABORTED) return undefined;
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
      this.leave(buffer, tailer);
    }
  }

  /** The pages from `cursor` to `until`; each is read when the client has taken the one before. */
  private async *replay(
    feed: TraceFeed,
    cursor: FeedPosition,
    until: FeedPosition | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<{ entries: StreamEntry[]; position: FeedPosition }> {
    const state = new StreamState(feed, this.store);
    let after = cursor;
    for (let done = false; !done;) {
      const page = await unlessAborted(feed.readAfter(after, { limit: REPLAY_PAGE, until }), signal);
      const entries = await unlessAborted(state.messages(page.records), signal);
      yield { entries, position: page.position };
      after = page.position;
      done = page.done;
    }
  }

  private join(feed: TraceFeed, buffer: SubscriberBuffer): FeedTailer {
    this.tailer ??= new FeedTailer(feed, this.store);
    this.tailer.add(buffer);
    return this.tailer;
  }

  private leave(buffer: SubscriberBuffer, tailer: FeedTailer): void {
    tailer.remove(buffer);
    if (!tailer.idle) return;
    tailer.stop();
    if (this.tailer === tailer) this.tailer = undefined;
  }
}

function matches({ contacts, traceId, status }: StreamEntry, wanted: StreamParams): boolean {
  return (
    (wanted.contactId === undefined || contacts.includes(wanted.contactId)) &&
    (wanted.traceId === undefined || wanted.traceId === traceId) &&
    (statusList(wanted.status)?.includes(status) ?? true)
  );
}

const ABORTED = Symbol('aborted');

/** `promise`, or a rejection with `ABORTED` as soon as `signal` fires. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(ABORTED as unknown as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
