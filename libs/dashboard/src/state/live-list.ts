import { batch, signal } from '@preact/signals';
import type { StreamMessage, TraceListItem } from '../api/responses.js';
import { TRACE_SORTS } from '../../../trace/src/model/trace-search.js';
import type { TraceSort } from '../../../trace/src/model/trace-search.js';
import { ask } from '../api/client.js';
import { href } from './route.js';

/** Traces in a page: about 25 KB of JSON, and more than a screen shows. */
const PAGE = 50;
/** Rows that are real elements, so that the browser's own search finds them. */
export const MAX_ROWS = 2_000;
const REFRESH_MS = 400;

/** What a list shows and in which order: the whole of it is in the URL. */
export interface ListView {
  q: string;
  /** Order; absent: newest first. */
  sort?: TraceSort;
  /** Only traces with an error of this group. */
  fingerprint?: string;
}

/** The view that the parameters of a URL describe. */
export function listView(params: URLSearchParams): ListView {
  const sort = TRACE_SORTS.find((name) => name === params.get('sort') && name !== 'started');
  const fingerprint = params.get('fingerprint') ?? '';
  return { q: params.get('q') ?? '', ...(sort && { sort }), ...(fingerprint !== '' && { fingerprint }) };
}

/** The question for the first page of a view. */
export const firstPage = (view: ListView) => ['traces', { limit: PAGE, ...view }] as const;

/** The last search; other pages add terms to it. */
export const lastSearch = signal('');

/** The last list with its order, range and filters, for the way back to it. */
let lastList = new URLSearchParams();

export function rememberList(params: URLSearchParams): void {
  lastList = params;
  lastSearch.value = params.get('q') ?? '';
}

/** The URL of the last list. @param at the trace that is selected there */
export const listHref = (at?: string) => href('', { ...Object.fromEntries(lastList), at });

/**
 * The list of traces: pages by cursor, and the messages of the stream. New rows wait in `waiting` while the reader uses
 * the old ones, so a row never moves under the pointer.
 */
export class LiveList {
  readonly rows = signal<readonly TraceListItem[]>([]);
  /** The rows are those of the view before: the answer for this one has not arrived. */
  readonly stale = signal(false);
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

  /** @param before the list that was shown until now; its rows stay until the new ones arrive */
  constructor(
    readonly view: ListView,
    before?: LiveList,
  ) {
    if (!before) return;
    this.rows.value = before.rows.peek();
    this.stale.value = this.rows.peek().length > 0;
    this.paused.value = before.paused.peek();
  }

  /** Loads the first page again. */
  async load(): Promise<void> {
    this.abort.abort();
    const abort = (this.abort = new AbortController());
    this.loading.value = true;
    try {
      const { traces, next } = await ask(...firstPage(this.view), abort.signal);
      const loaded = new Set(traces.map(({ trace_id }) => trace_id));
      batch(() => {
        this.rows.value = traces;
        this.stale.value = false;
        // Those that began while the answer was on its way.
        this.waiting.value = this.waiting.peek().filter(({ trace_id }) => !loaded.has(trace_id));
        this.next.value = next;
        this.error.value = undefined;
        if (!this.paused.peek() && !this.busy()) this.release();
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
      const { traces, next } = await ask('traces', { limit: PAGE, ...this.view, before }, aborted);
      batch(() => {
        this.rows.value = this.merged(this.rows.peek(), traces);
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
    if (this.waiting.peek().length === 0 || this.stale.peek()) return;
    batch(() => {
      this.rows.value = this.merged(this.waiting.peek(), this.rows.peek()).slice(0, MAX_ROWS);
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
    // Only the server can apply a search, and only an answer has the cost.
    if (this.view.q !== '' || this.view.sort || this.view.fingerprint) this.refreshSoon();
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

  /** Both lists, each trace once, in the order of the view. */
  private merged(first: readonly TraceListItem[], second: readonly TraceListItem[]): TraceListItem[] {
    const byId = new Map([...second, ...first].map((item) => [item.trace_id, item]));
    return [...byId.values()].sort(ORDERS[this.view.sort ?? 'started']);
  }

  private async refresh(): Promise<void> {
    try {
      const { traces } = await ask(...firstPage(this.view), this.abort.signal);
      if (this.stale.peek()) return;
      const known = new Map(this.rows.peek().map((item) => [item.trace_id, item]));
      const fresh = traces.filter(({ trace_id }) => !known.has(trace_id));
      const changed = new Map(traces.map((item) => [item.trace_id, item]));
      batch(() => {
        this.rows.value = this.rows.peek().map((item) => newer(item, changed.get(item.trace_id)));
        this.waiting.value = this.merged(fresh, this.waiting.peek()).filter(({ trace_id }) => !known.has(trace_id));
        if (!this.paused.peek() && !this.busy()) this.release();
      });
    } catch {
      // The shown rows stay; the next message of the stream asks again.
    }
  }
}

const newestFirst = (a: TraceListItem, b: TraceListItem): number =>
  a.started_at < b.started_at ? 1 : a.started_at > b.started_at ? -1 : 0;

/** As the server sorts: equal ones newest first, and an unknown cost last. */
const ORDERS: Record<TraceSort, (a: TraceListItem, b: TraceListItem) => number> = {
  started: newestFirst,
  duration: (a, b) => b.duration_ms - a.duration_ms || newestFirst(a, b),
  cost: (a, b) => (b.usage?.cost_usd ?? -1) - (a.usage?.cost_usd ?? -1) || newestFirst(a, b),
};

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
