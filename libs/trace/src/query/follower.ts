import { setImmediate as turn } from 'node:timers/promises';
import type { FeedPosition } from '../model/trace.js';
import type { TraceFeed, TraceReader } from '../store/port.js';
import type { Inbox } from './inbox.js';
import { TraceStates } from './trace-states.js';

const PAGE = 200;
/**
 * What one turn of the event loop may deliver, at about 20 µs each: a message for 1,000 clients takes 20 ms, and a page
 * of 200 for all of them would keep the application's requests waiting for four seconds.
 */
const DELIVERIES_PER_TURN = 1_000;
const RETRY_MS = 1_000;

/**
 * Reads the feed from where it stood when the first client came, once for all clients: every message is built one time
 * and put into every inbox. It lives as long as there is a client.
 */
export class Follower {
  private place: FeedPosition | undefined;
  private readonly inboxes = new Set<Inbox>();
  private readonly states: TraceStates;
  private readonly stopListening: () => void;
  private wanted = false;
  private advancing: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;

  constructor(private readonly store: TraceFeed & Pick<TraceReader, 'heads' | 'get'>) {
    this.states = new TraceStates(store);
    this.stopListening = store.onMore(() => this.advanceInBackground());
  }

  /** Everything before this place has been put into the inboxes attached by then. Known once `advance` has settled. */
  get position(): FeedPosition | undefined {
    return this.place;
  }

  get idle(): boolean {
    return this.inboxes.size === 0;
  }

  add(inbox: Inbox): void {
    this.inboxes.add(inbox);
  }

  remove(inbox: Inbox): void {
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
        await this.readTo(await this.store.head());
      }
    } finally {
      // In the same step as the loop's last look at `wanted`: a call that comes later starts a new run.
      this.advancing = undefined;
    }
  }

  private async readTo(head: FeedPosition): Promise<void> {
    this.place ??= head;
    for (let done = false, first = true; !done; first = false) {
      if (!first) await turn();
      const limit = Math.max(1, Math.min(PAGE, Math.floor(DELIVERIES_PER_TURN / this.inboxes.size)));
      const page = await this.store.readAfter(this.place, { limit, until: head });
      const entries = await this.states.messages(page.records);
      // No await from here to the end of the page: an inbox attached at a place gets all that follows it, once.
      this.place = page.position;
      for (const entry of entries) for (const inbox of this.inboxes) inbox.push(entry);
      done = page.done || this.inboxes.size === 0;
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
