import type { FeedPosition } from '../../model/trace.js';
import type { StreamEntry } from '../../views/responses/stream-message.js';

/** Gives a page of messages, which ends at `place`. */
export type Delivery = (entries: readonly StreamEntry[], place: FeedPosition) => void;

/** What waits for a client that is slower than the traces. The messages are shared, so this bounds references only. */
const MAX_WAITING = 256;

/**
 * The live end of one subscription. It takes messages while attached; when more wait than it holds, it lets go of all
 * of them and detaches, and its reader fetches them from the store instead. Memory stays bounded, nothing is lost.
 */
export class SubscriberBuffer {
  private waiting: StreamEntry[] = [];
  private wake: (() => void) | undefined;
  private taking = false;
  private times = 0;
  private upTo: FeedPosition | undefined;
  private stopped = false;

  constructor(
    private readonly wants: (entry: StreamEntry) => boolean,
    private readonly maxWaiting = MAX_WAITING,
  ) {}

  get attached(): boolean {
    return this.taking;
  }

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /** Takes what comes after `place`, and has everything before it. */
  attach(place: FeedPosition | undefined): void {
    this.taking = true;
    this.times += 1;
    this.upTo = place;
  }

  /** Everything before this place was given to this inbox, or is not for it. */
  get place(): FeedPosition | undefined {
    return this.upTo;
  }

  /** The way to give the page that was just read. It does nothing for one that has left its place meanwhile. */
  expect(): Delivery {
    const { taking, times } = this;
    return (entries, place) => {
      if (!taking || times !== this.times) return;
      for (const entry of entries) this.push(entry);
      if (this.taking) this.upTo = place;
      if (!this.taking || this.waiting.length > 0) this.wake?.();
    };
  }

  private push(entry: StreamEntry): void {
    if (!this.taking || !this.wants(entry)) return;
    this.waiting.push(entry);
    if (this.waiting.length <= this.maxWaiting) return;
    this.waiting = [];
    this.taking = false;
  }

  /** All that waits, oldest first; the caller now owns it. */
  take(): StreamEntry[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  /** Its client left: nobody waits any more. */
  stop(): void {
    this.stopped = true;
    this.wake?.();
  }

  /**
   * Settles when there is something to take, the inbox was detached or stopped. Stopping is told from outside, once: a
   * listener on an AbortSignal for each message costs as much as writing it.
   */
  async arrival(): Promise<void> {
    if (this.waiting.length > 0 || !this.taking || this.stopped) return;
    await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
  }
}
