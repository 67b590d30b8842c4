import { signal } from '../state/signal.js';
import type { StreamMessage } from './responses.js';
import { ROOT, denied } from './client.js';
import { Connection } from './event-source.js';
import type { StreamState } from './event-source.js';

export interface StreamListener {
  /** Messages in order; several at once where they arrive faster than frames. */
  messages(messages: readonly StreamMessage[]): void;
  /** Messages may have been missed: load the data again. */
  resync(): void;
}

type Shared =
  | { kind: 'message'; message: StreamMessage }
  | { kind: 'state'; state: StreamState }
  | { kind: 'gap' }
  | { kind: 'hello' };

const HIDDEN_FLUSH_MS = 250;

/**
 * One stream for all tabs of a browser: HTTP/1.1 allows six connections to a server, so a seventh tab with a stream of
 * its own would never connect. The tab that holds the lock has the connection and broadcasts the messages. When that tab
 * closes, the next one takes the lock and resumes after the last message that it received. Web Locks exist only in
 * secure contexts; without them each tab in the foreground has a stream of its own.
 */
class SharedStream {
  readonly state = signal<StreamState>('connecting');
  private readonly listeners = new Set<StreamListener>();
  private readonly channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(key());
  private connection: Connection | undefined;
  private lastId: string | undefined;
  private waiting: StreamMessage[] = [];
  private scheduled = false;
  private everOpen = false;

  start(): void {
    if (navigator.locks && this.channel) {
      this.channel.addEventListener('message', ({ data }) => this.receive(data as Shared));
      this.tell({ kind: 'hello' });
      void navigator.locks.request(key(), () => {
        this.connect();
        // The lock is held until the tab closes.
        return new Promise<never>(() => undefined);
      });
      return;
    }
    const follow = () => {
      if (document.visibilityState === 'visible') this.connect();
      else this.disconnect();
    };
    document.addEventListener('visibilitychange', follow);
    follow();
  }

  listen(listener: StreamListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private connect(): void {
    this.connection ??= new Connection(this.lastId, {
      message: (message) => this.share({ kind: 'message', message }),
      state: (state) => this.share({ kind: 'state', state }),
      gap: () => this.share({ kind: 'gap' }),
    });
  }

  private disconnect(): void {
    this.connection?.stop();
    this.connection = undefined;
  }

  private share(shared: Shared): void {
    if (navigator.locks) this.tell(shared);
    this.receive(shared);
  }

  private tell(shared: Shared): void {
    // A channel is limited to one origin; only a window's `postMessage` takes a target.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.channel?.postMessage(shared);
  }

  private receive(shared: Shared): void {
    switch (shared.kind) {
      case 'message':
        this.lastId = shared.message.id;
        this.waiting.push(shared.message);
        this.schedule();
        return;
      case 'state':
        this.state.value = shared.state;
        if (shared.state === 'open' && denied.peek() !== undefined) denied.value = undefined;
        // The first response and the stream both lack the messages between the first question and the connection.
        if (shared.state === 'open' && !this.everOpen) this.resync();
        this.everOpen ||= shared.state === 'open';
        return;
      case 'gap':
        this.resync();
        return;
      case 'hello':
        if (this.connection) this.tell({ kind: 'state', state: this.state.peek() });
    }
  }

  /** Once per frame; a tab in the background has no frames. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    if (document.visibilityState === 'visible') requestAnimationFrame(() => this.flush());
    else setTimeout(() => this.flush(), HIDDEN_FLUSH_MS);
  }

  private flush(): void {
    this.scheduled = false;
    const messages = this.waiting;
    this.waiting = [];
    for (const listener of this.listeners) listener.messages(messages);
  }

  private resync(): void {
    for (const listener of this.listeners) listener.resync();
  }
}

function key(): string {
  return `trace-stream:${ROOT.pathname}`;
}

export const stream = new SharedStream();
