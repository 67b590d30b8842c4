import type { StreamMessage } from './responses.js';
import { urlOf } from './client.js';

/** `unsupported`: the application's store has no feed, and no attempt follows. */
export type StreamState = 'connecting' | 'open' | 'retrying' | 'unsupported';

export interface ConnectionEvents {
  message(message: StreamMessage): void;
  state(state: StreamState): void;
  /** The server refused the position, so messages were missed: load the data again. */
  gap(): void;
}

const TYPES = ['trace.started', 'trace.event', 'trace.ended'] as const;
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 4_000;
/** Failures in a row after which the position to resume at is checked. */
const REFUSALS = 3;

/**
 * One connection to the stream that reconnects without end. The browser's own reconnect stops at an error status, which
 * a proxy sends while the application restarts. So each attempt is a new `EventSource` that resumes by `after`.
 */
export class Connection {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private stopped = false;

  constructor(
    private lastId: string | undefined,
    private readonly events: ConnectionEvents,
  ) {
    this.open();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.source?.close();
  }

  private open(): void {
    const source = new EventSource(urlOf('stream', { after: this.lastId }));
    this.source = source;
    source.addEventListener('open', () => {
      this.failures = 0;
      this.events.state('open');
    });
    source.addEventListener('error', () => this.retry(source));
    for (const type of TYPES) {
      source.addEventListener(type, ({ data, lastEventId }) => {
        this.lastId = lastEventId || this.lastId;
        this.events.message({ type, id: lastEventId, data: JSON.parse(data as string) } as StreamMessage);
      });
    }
  }

  private retry(source: EventSource): void {
    source.close();
    if (this.stopped) return;
    this.failures += 1;
    this.events.state('retrying');
    const wait = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.failures - 1, 6));
    this.timer = setTimeout(() => void this.tryAgain(), wait);
  }

  private async tryAgain(): Promise<void> {
    const status = this.failures >= REFUSALS ? await this.refusal() : undefined;
    if (status === 501) return this.events.state('unsupported');
    if (status === 400 && this.lastId !== undefined) {
      this.lastId = undefined;
      this.events.gap();
    }
    if (!this.stopped) this.open();
  }

  /** HTTP status of a plain request: an `EventSource` hides the status of its failure. */
  private async refusal(): Promise<number | undefined> {
    const abort = new AbortController();
    try {
      const { status } = await fetch(urlOf('stream', { after: this.lastId }), { signal: abort.signal });
      return status;
    } catch {
      return undefined;
    } finally {
      abort.abort();
    }
  }
}
