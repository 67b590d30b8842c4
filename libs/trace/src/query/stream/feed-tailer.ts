import { clearTimeout, nextTurn, setTimeout } from '../../model/timers.js';
import type { FeedPosition } from '../../model/trace.js';
import type { TraceFeed, TraceReader, TraceStore } from '../../store/port.js';
import type { StreamEntry } from '../../views/responses/stream-message.js';
import type { Delivery, SubscriberBuffer } from './subscriber-buffer.js';
import { StreamState } from './stream-state.js';

const PAGE = 200;
/**
 * Deliveries in one turn of the event loop, at about 20 µs each: a page of 200 messages for 1,000 clients in one turn
 * would block the application's requests for four seconds.
 */
const DELIVERIES_PER_TURN = 1_000;
const RETRY_MS = 1_000;

/**
 * Reads the feed once for all clients, from its head when the first one subscribed: every message is built once and put
 * into every buffer. It stops with the last client.
 */
export class FeedTailer {
  private reached: FeedPosition | undefined;
  private readonly buffers = new Set<SubscriberBuffer>();
  private readonly state: StreamState;
  private readonly stopListening: () => void;
  private wanted = false;
  private advancing: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly feed: TraceFeed,
    reader: Pick<TraceReader, 'getMany'> & Pick<TraceStore, 'instances'>,
  ) {
    this.state = new StreamState(feed, reader);
    this.stopListening = feed.onMore(() => this.advanceInBackground());
  }

  /** Position up to which records were delivered to the attached buffers; `undefined` until `advance` has settled. */
  get position(): FeedPosition | undefined {
    return this.reached;
  }

  get idle(): boolean {
    return this.buffers.size === 0;
  }

  add(buffer: SubscriberBuffer): void {
    this.buffers.add(buffer);
  }

  remove(buffer: SubscriberBuffer): void {
    this.buffers.delete(buffer);
  }

  stop(): void {
    this.stopListening();
    clearTimeout(this.retry);
  }

  /** Reads all records that the feed has at the time of the call. Rejects when the feed fails. */
  advance(): Promise<void> {
    this.wanted = true;
    return (this.advancing ??= this.run());
  }

  private async run(): Promise<void> {
    try {
      while (this.wanted) {
        this.wanted = false;
        await this.readTo(await this.feed.head());
      }
    } finally {
      // In the same step as the loop's last check of `wanted`: a later call starts a new run.
      this.advancing = undefined;
    }
  }

  private async readTo(head: FeedPosition): Promise<void> {
    this.reached ??= head;
    for (let done = false; !done;) {
      const page = await this.feed.readAfter(this.reached, { limit: PAGE, until: head });
      const entries = await this.state.messages(page.records);
      // In one step: a buffer attached before gets this page, one attached later begins behind it.
      this.reached = page.position;
      const rounds = Array.from(this.buffers, (buffer) => buffer.expect());
      await deliver(rounds, entries, page.position);
      done = page.done || this.buffers.size === 0;
      if (!done) await nextTurn();
    }
  }

  /** Retries while the store does not answer; its clients wait and miss nothing. */
  private advanceInBackground(): void {
    this.advance().catch(() => {
      clearTimeout(this.retry);
      if (this.idle) return;
      this.retry = setTimeout(() => this.advanceInBackground(), RETRY_MS);
      this.retry.unref();
    });
  }
}

/** Gives the whole page to some clients, then in another turn to the next: a client writes a page in one go. */
async function deliver(rounds: Delivery[], entries: StreamEntry[], position: FeedPosition): Promise<void> {
  const clients = Math.max(1, Math.floor(DELIVERIES_PER_TURN / Math.max(1, entries.length)));
  for (let n = 0; n < rounds.length; n += clients) {
    if (n > 0) await nextTurn();
    for (const give of rounds.slice(n, n + clients)) give(entries, position);
  }
}
