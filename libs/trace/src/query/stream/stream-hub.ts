import { statusList } from '../../model/status.js';
import type { FeedPosition } from '../../model/trace.js';
import type { TraceFeed, TraceStore } from '../../store/port.js';
import { capability } from '../capabilities.js';
import type { StreamMessage } from '../../contract/responses.js';
import type { StreamEntry } from '../../views/events/stream-message.js';
import { FeedTailer } from './feed-tailer.js';
import { SubscriberBuffer } from './subscriber-buffer.js';
import type { StreamParams } from '../../contract/trace-queries.js';
import { StreamState } from './stream-state.js';

const REPLAY_PAGE = 100;

/**
 * The stream for any number of clients. One follower reads the feed for all of them; a client that resumes, or that was
 * too slow, reads the part it is behind by itself, page by page as it takes the messages, and then joins the others at
 * the follower's place: nothing missing, nothing twice.
 *
 * A message's id is its record's place in the feed. `status` asks for the trace's status after the message: `error`
 * gives `trace.ended` of a failed trace and what came after, `active` all that came before the end.
 */
export class StreamHub {
  private follower: FeedTailer | undefined;

  constructor(
    private readonly store: Pick<TraceStore, 'feed' | 'getMany'>,
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
      // A generator's own `return` would wait behind a pending `next`, which waits for a trace that may never come.
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
    const inbox = new SubscriberBuffer(wants, this.maxWaiting);
    const follower = this.join(feed, inbox);
    const leave = (): void => inbox.stop();
    signal.addEventListener('abort', leave, { once: true });
    let ready = params.onReady;
    try {
      let cursor = params.after ?? (await unlessAborted(feed.head(), signal));
      // What was in the feed when the client came is behind the follower now, so its own place is not ahead of it.
      await unlessAborted(follower.advance(), signal);
      for (let isFirst = true; ; isFirst = false) {
        if (!inbox.attached) {
          if (!isFirst) params.onReset?.(cursor);
          const until = follower.position;
          inbox.attach(until);
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
        for (const { message } of inbox.take()) {
          cursor = message.id;
          yield message;
          if (signal.aborted) return undefined;
        }
        // Nothing waits: the client, whose filter may let little through, is as far as its inbox.
        if (inbox.attached && inbox.empty) cursor = inbox.place ?? cursor;
        await inbox.arrival();
        if (signal.aborted) return undefined;
      }
    } catch (error) {
      if (error === ABORTED) return undefined;
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
      this.leave(inbox, follower);
    }
  }

  /** The pages from `cursor` to `until`, each read when the one before has been taken. */
  private async *replay(
    feed: TraceFeed,
    cursor: FeedPosition,
    until: FeedPosition | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<{ entries: StreamEntry[]; position: FeedPosition }> {
    const states = new StreamState(feed, this.store);
    let after = cursor;
    for (let done = false; !done;) {
      const page = await unlessAborted(feed.readAfter(after, { limit: REPLAY_PAGE, until }), signal);
      const entries = await unlessAborted(states.messages(page.records), signal);
      yield { entries, position: page.position };
      after = page.position;
      done = page.done;
    }
  }

  private join(feed: TraceFeed, inbox: SubscriberBuffer): FeedTailer {
    this.follower ??= new FeedTailer(feed, this.store);
    this.follower.add(inbox);
    return this.follower;
  }

  private leave(inbox: SubscriberBuffer, follower: FeedTailer): void {
    follower.remove(inbox);
    if (!follower.idle) return;
    follower.stop();
    if (this.follower === follower) this.follower = undefined;
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
