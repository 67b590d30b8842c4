import { batch, signal } from '@preact/signals';
import type { StreamMessage, TraceListItem } from '../api/responses.js';
import { ask } from '../api/client.js';

/** Traces in a page: about 25 KB of JSON, and more than a screen shows. */
const PAGE = 50;
/** Rows that are real elements, so that the browser's own search finds them. */
export const MAX_ROWS = 2_000;
const REFRESH_MS = 400;

/** The question for the first page of the traces that match `q`. */
export const firstPage = (q: string) => ['traces', { limit: PAGE, q }] as const;

/** The last search; other pages add terms to it. */
export const lastSearch = signal('');

/**
 * The list of traces: pages by cursor, and the messages of the stream. New rows wait in `waiting` while the reader uses
 * the old ones, so a row never moves under the pointer.
 */
export class LiveList {
  readonly rows = signal<readonly TraceListItem[]>([]);
  readonly waiting = signal<readonly TraceListItem[]>([]);
  readonly loading = signal(true);
  readonly error = signal<unknown>(undefined);
  readonly next = signal<string | null>(null);
  /** New rows always wait. */
  readonly paused = signal(false);
  /** Set by the page: whether the pointer or the focus is in the rows. */
  busy: () => boolean = () => false;

  private abort = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly q: string) {}

  /** Loads the first page again. */
  async load(): Promise<void> {
    this.abort.abort();
    const abort = (this.abort = new AbortController());
    this.loading.value = true;
    try {
      const { traces, next } = await ask(...firstPage(this.q), abort.signal);
      batch(() => {
        this.rows.value = traces;
        this.waiting.value = [];
        this.next.value = next;
        this.error.value = undefined;
      });
    } catch (error) {
      if (!abort.signal.aborted) this.error.value = error;
    } finally {
      if (!abort.signal.aborted) this.loading.value = false;
    }
  }

  async older(): Promise<void> {
    const before = this.next.peek();
    if (before === null || this.loading.peek() || this.rows.peek().length >= MAX_ROWS) return;
    this.loading.value = true;
    const { signal: aborted } = this.abort;
    try {
      const { traces, next } = await ask('traces', { limit: PAGE, q: this.q, before }, aborted);
      batch(() => {
        this.rows.value = merged(this.rows.peek(), traces);
        this.next.value = next;
        this.error.value = undefined;
      });
    } catch (error) {
      if (!aborted.aborted) this.error.value = error;
    } finally {
      if (!aborted.aborted) this.loading.value = false;
    }
  }

  stop(): void {
    this.abort.abort();
    clearTimeout(this.timer);
  }

  /** Shows the waiting rows. */
  release(): void {
    if (this.waiting.peek().length === 0) return;
    batch(() => {
      this.rows.value = merged(this.waiting.peek(), this.rows.peek()).slice(0, MAX_ROWS);
      this.waiting.value = [];
    });
  }

  receive(messages: readonly StreamMessage[]): void {
    batch(() => {
      for (const message of messages) this.take(message);
      if (!this.paused.peek() && !this.busy()) this.release();
    });
  }

  /** Loads the first page soon: only the server can apply a search. */
  refreshSoon(): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.refresh();
    }, REFRESH_MS);
  }

  private take(message: StreamMessage): void {
    if (message.type === 'trace.event') {
      const { trace_id, event } = message.data;
      this.update(trace_id, (item) => progressed(item, event));
      return;
    }
    const { id: _id, events_so_far: _events, ...item } = { events_so_far: undefined, ...message.data };
    if (this.update(item.trace_id, ({ instance }) => ({ ...(instance !== undefined && { instance }), ...item })))
      return;
    if (this.q !== '') this.refreshSoon();
    else if (message.type === 'trace.started') this.waiting.value = [item, ...this.waiting.peek()].slice(0, MAX_ROWS);
    else this.refreshSoon();
  }

  /** Changes a row in place. Returns whether the trace has one. */
  private update(id: string, change: (item: TraceListItem) => TraceListItem): boolean {
    for (const list of [this.rows, this.waiting]) {
      const index = list.peek().findIndex(({ trace_id }) => trace_id === id);
      if (index < 0) continue;
      list.value = list.peek().with(index, change(list.peek()[index] as TraceListItem));
      return true;
    }
    return false;
  }

  private async refresh(): Promise<void> {
    try {
      const { traces } = await ask(...firstPage(this.q), this.abort.signal);
      const known = new Map(this.rows.peek().map((item) => [item.trace_id, item]));
      const fresh = traces.filter(({ trace_id }) => !known.has(trace_id));
      const changed = new Map(traces.map((item) => [item.trace_id, item]));
      batch(() => {
        this.rows.value = this.rows.peek().map((item) => newer(item, changed.get(item.trace_id)));
        this.waiting.value = merged(fresh, this.waiting.peek()).filter(({ trace_id }) => !known.has(trace_id));
        if (!this.paused.peek() && !this.busy()) this.release();
      });
    } catch {
      // The shown rows stay; the next message of the stream asks again.
    }
  }
}

/** The stream may report an end before the index has it: a response never reopens a row. */
function newer(known: TraceListItem, answer: TraceListItem | undefined): TraceListItem {
  return answer === undefined || (answer.status === 'active' && known.status !== 'active') ? known : answer;
}

/**
 * The row after an event. The end of the trace brings the exact numbers. A late event changes no duration; a late error
 * makes a trace that had ended well an `error`.
 */
function progressed(
  item: TraceListItem,
  { timestamp, type, name }: { timestamp: string; type: string; name: string | null },
): TraceListItem {
  const isError = type === 'error' && name !== null;
  const errors = item.errors + (isError ? 1 : 0);
  if (item.status === 'active') {
    const so_far = Date.parse(timestamp) - Date.parse(item.started_at);
    return { ...item, duration_ms: Math.max(item.duration_ms, so_far), errors };
  }
  return { ...item, errors, status: isError && ENDED_WELL.includes(item.status) ? 'error' : item.status };
}

const ENDED_WELL: readonly TraceListItem['status'][] = ['completed', 'silent', 'cancelled'];

/** Returns both lists, each trace once, newest first. */
function merged(first: readonly TraceListItem[], second: readonly TraceListItem[]): TraceListItem[] {
  const byId = new Map([...second, ...first].map((item) => [item.trace_id, item]));
  return [...byId.values()].sort((a, b) => (a.started_at < b.started_at ? 1 : a.started_at > b.started_at ? -1 : 0));
}
