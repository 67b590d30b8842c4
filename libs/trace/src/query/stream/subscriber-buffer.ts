import type { FeedPosition } from '../../model/trace.js';
import type { StreamEntry } from '../../views/responses/stream-message.js';

/** Gives a page of messages, which ends at `position`. */
export type Delivery = (entries: readonly StreamEntry[], position: FeedPosition) => void;

/** Messages that may wait for a slow client. They are shared between clients, so this bounds references only. */
const MAX_WAITING = 256;

/**
 * Live messages of one subscription. It takes messages while attached. On overflow it drops all of them and detaches, and
 * its reader reads them from the store instead: memory is bounded and nothing is lost.
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

  /** Takes the messages after `position`. */
  attach(position: FeedPosition | undefined): void {
    this.taking = true;
    this.times += 1;
    this.upTo = position;
  }

  /** Position up to which this buffer was given all messages that its filter passes. */
  get position(): FeedPosition | undefined {
    return this.upTo;
  }

  /** Returns the function that gives the page just read. It does nothing if the buffer was detached meanwhile. */
  expect(): Delivery {
    const { taking, times } = this;
    return (entries, position) => {
      if (!taking || times !== this.times) return;
      for (const entry of entries) this.push(entry);
      if (this.taking) this.upTo = position;
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

  /** The waiting messages, oldest first; the caller owns the array. */
  take(): StreamEntry[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  /** The client left. */
  stop(): void {
    this.stopped = true;
    this.wake?.();
  }

  /**
   * Settles when there are messages, or the buffer was detached or stopped. `stop` is called once from outside: an
   * AbortSignal listener for each message costs as much as writing the message.
   */
  async arrival(): Promise<void> {
    if (this.waiting.length > 0 || !this.taking || this.stopped) return;
    await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
  }
}
