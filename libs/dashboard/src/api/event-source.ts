import type { StreamMessage } from './responses.js';
import { apiUrl } from './client.js';

/** `unsupported`: the application's store has no feed, and no attempt follows. */
export type StreamState = 'connecting' | 'open' | 'retrying' | 'unsupported';

export interface ConnectionEvents {
  message(message: StreamMessage): void;
  state(state: StreamState): void;
  /** Where to go on was forgotten by the server: what happened meanwhile must be asked for. */
  gap(): void;
}

const TYPES = ['trace.started', 'trace.event', 'trace.ended'] as const;
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 4_000;
/** After so many failures in a row of a server that answers otherwise, the place to resume at must be what it refuses. */
const REFUSALS = 3;

/**
 * One connection to the stream that never gives up. The browser's own reconnecting stops for good at an error status,
 * which a proxy sends while the application restarts; so each attempt is a new `EventSource` that resumes by `after`.
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
    const source = new EventSource(apiUrl('stream', { after: this.lastId }));
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

  /** HTTP status of a plain request: an `EventSource` does not say why it failed. */
  private async refusal(): Promise<number | undefined> {
    const abort = new AbortController();
    try {
      const { status } = await fetch(apiUrl('stream', { after: this.lastId }), { signal: abort.signal });
      return status;
    } catch {
      return undefined;
    } finally {
      abort.abort();
    }
  }
}
