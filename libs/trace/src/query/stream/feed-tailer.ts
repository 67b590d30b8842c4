import { clearTimeout, nextTurn, setTimeout } from '../../model/timers.js';
import type { FeedPosition } from '../../model/trace.js';
import type { TraceFeed, TraceReader } from '../../store/port.js';
import type { StreamEntry } from '../../views/events/stream-message.js';
import type { Delivery, SubscriberBuffer } from './subscriber-buffer.js';
import { StreamState } from './stream-state.js';

const PAGE = 200;
/**
 * What one turn of the event loop may deliver, at about 20 µs each: a page of 200 messages for 1,000 clients in one turn
 * would keep the application's requests waiting for four seconds.
 */
const DELIVERIES_PER_TURN = 1_000;
const RETRY_MS = 1_000;

/**
 * Reads the feed from where it stood when the first client came, once for all clients: every message is built one time
 * and put into every inbox. It lives as long as there is a client.
 */
export class FeedTailer {
  private place: FeedPosition | undefined;
  private readonly inboxes = new Set<SubscriberBuffer>();
  private readonly states: StreamState;
  private readonly stopListening: () => void;
  private wanted = false;
  private advancing: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly feed: TraceFeed,
    reader: Pick<TraceReader, 'getMany'>,
  ) {
    this.states = new StreamState(feed, reader);
    this.stopListening = feed.onMore(() => this.advanceInBackground());
  }

  /** Everything before this place has been put into the inboxes attached by then. Known once `advance` has settled. */
  get position(): FeedPosition | undefined {
    return this.place;
  }

  get idle(): boolean {
    return this.inboxes.size === 0;
  }

  add(inbox: SubscriberBuffer): void {
    this.inboxes.add(inbox);
  }

  remove(inbox: SubscriberBuffer): void {
    this.inboxes.delete(inbox);
  }

  stop(): void {
    this.stopListening();
    clearTimeout(this.retry);
  }

  /** Settles when all that was in the feed at the time of the call has been read. Rejects when it cannot be read. */
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
      // In the same step as the loop's last look at `wanted`: a call that comes later starts a new run.
      this.advancing = undefined;
    }
  }

  private async readTo(head: FeedPosition): Promise<void> {
    this.place ??= head;
    for (let done = false; !done;) {
      const page = await this.feed.readAfter(this.place, { limit: PAGE, until: head });
      const entries = await this.states.messages(page.records);
      // In one step: who attached before gets this page, who attaches from now on has it behind.
      this.place = page.position;
      const rounds = Array.from(this.inboxes, (inbox) => inbox.expect());
      await deliver(rounds, entries, page.position);
      done = page.done || this.inboxes.size === 0;
      if (!done) await nextTurn();
    }
  }

  /** The store may be away for a moment; its clients wait and miss nothing. */
  private advanceInBackground(): void {
    this.advance().catch(() => {
      clearTimeout(this.retry);
      if (this.idle) return;
      this.retry = setTimeout(() => this.advanceInBackground(), RETRY_MS);
      this.retry.unref();
    });
  }
}

/** All of a page to some clients, then in another turn to the next: a client that gets several messages at once writes them at once. */
async function deliver(rounds: Delivery[], entries: StreamEntry[], place: FeedPosition): Promise<void> {
  const clients = Math.max(1, Math.floor(DELIVERIES_PER_TURN / Math.max(1, entries.length)));
  for (let n = 0; n < rounds.length; n += clients) {
    if (n > 0) await nextTurn();
    for (const give of rounds.slice(n, n + clients)) give(entries, place);
  }
}
