import { clearTimeout, setTimeout } from '../model/timers.js';
import type { TraceQueries } from '../contract/trace-queries.js';
import type { FullTraceResponse, TraceListItem } from '../contract/responses.js';
import { type AwaitedTrace, noSuchTrace } from './no-such-trace.js';

/** Short of the five seconds after which Jest and Vitest give a test up: our error says more than theirs. */
const DEFAULT_TIMEOUT_MS = 4_000;

/** What an application under test has traced. */
export class TestTraces {
  constructor(private readonly queries: TraceQueries) {}

  /**
   * Answers a trace as soon as it is as awaited; at once if it already is. Of several traces of the contact the newest
   * counts: after a second webhook was answered, the first one's trace is not taken for the second's.
   *
   * @param timeoutMs default 4,000. Then it rejects with an error that says what traces there were.
   */
  async waitFor(awaited: AwaitedTrace = {}, timeoutMs: number = DEFAULT_TIMEOUT_MS): Promise<FullTraceResponse> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    const { contactId, traceId } = awaited;
    try {
      let ready!: () => void;
      const listening = new Promise<void>((resolve) => void (ready = resolve));
      const stream = this.queries.stream({ contactId, traceId, signal: abort.signal, onReady: ready });
      const messages = stream[Symbol.asyncIterator]();
      // Listening first, then asking: what happens between the two is seen by one of them.
      let message = messages.next();
      await Promise.race([listening, message]);
      for (;;) {
        const found = await this.find(awaited);
        if (found !== undefined) return found;
        if ((await message).done) break;
        message = messages.next();
      }
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
    throw noSuchTrace(awaited, timeoutMs, await this.all());
  }

  /** The newest trace, running or ended. Rejects with `NO_TRACES` when there is none. */
  last(): Promise<FullTraceResponse> {
    return this.queries.lastTrace();
  }

  /** All traces as the list shows them, newest first, at most 500. */
  async all(): Promise<TraceListItem[]> {
    return (await this.queries.traces({ limit: 500 })).traces;
  }

  /** Deletes all ended traces. */
  async clear(): Promise<void> {
    await this.queries.clear({ keepErrors: false });
  }

  private async find({ contactId, traceId, status }: AwaitedTrace): Promise<FullTraceResponse | undefined> {
    const newest = traceId === undefined ? (await this.queries.traces({ contactId, limit: 1 })).traces[0] : undefined;
    const id = traceId ?? newest?.trace_id;
    if (id === undefined) return undefined;
    const trace = await this.queries.trace(id).catch(() => undefined);
    if (trace === undefined || (contactId !== undefined && traceId !== undefined && trace.contact_id !== contactId))
      return undefined;
    return (status === undefined ? trace.status !== 'active' : trace.status === status) ? trace : undefined;
  }
}
