import type { Baseline, BaselineQuery } from '../model/baseline.js';
import type { RecordSink } from '../model/record.js';
import type {
  FeedPosition,
  FeedRecord,
  StoredTrace,
  TraceCounts,
  TraceFilter,
  TraceHead,
  TracePage,
  TraceSample,
} from '../model/trace.js';

/**
 * Reading. Every answer holds all that was appended in this process before the question was asked
 * (read-your-writes); for other processes' records, as soon as their journal shows them.
 */
export interface TraceReader {
  list(filter: TraceFilter, limit: number, before?: string): Promise<TracePage>;
  get(traceId: string): Promise<StoredTrace | undefined>;
  /** Ids that begin with `prefix`, newest first, at most `limit`. */
  idsWithPrefix(prefix: string, limit: number): Promise<string[]>;
  /** Heads by journal key; what the stream needs to name the trace of a record it resumes at. */
  heads(keys: string[]): Promise<Map<string, TraceHead>>;
  counts(): Promise<TraceCounts>;
  sample(range: { since?: number; until?: number }): Promise<TraceSample>;
  /** How traces usually go, for hints that compare. Optional: without it, there are none. */
  baseline?(query: BaselineQuery): Promise<Baseline>;
  health(): Promise<StoreHealth>;
}

/** The records of a directory in the order a reader can see them, resumable at any of them. */
export interface TraceFeed {
  /** Where the next record will be. */
  head(): Promise<FeedPosition>;
  /**
   * Records after `after` (from the oldest kept one when `undefined`), at most `limit`, none beyond `until`.
   * `done`: there is nothing more before `until`, or before the feed's head. Throws `BAD_POSITION` for text that is no position.
   */
  readAfter(
    after: FeedPosition | undefined,
    options: { limit: number; until?: FeedPosition },
  ): Promise<{ records: FeedRecord[]; position: FeedPosition; done: boolean }>;
  /** Calls `listener`, coalesced, when there may be more to read. Returns the way to stop. */
  onMore(listener: () => void): () => void;
}

/** Taking away. */
export interface TraceAdmin {
  /** Forgets every ended trace that is not pinned; with `keepErrors` only those without an error. Answers how many went. */
  clear(options: { keepErrors: boolean }): Promise<{ removed: number }>;
  /** Keeps a trace from retention and `clear`, or no longer. Answers whether there is one of this id. */
  pin(traceId: string, pinned: boolean): Promise<boolean>;
  /** Erases everything about a contact, in the files too, pinned or not. */
  eraseContact(contactId: string): Promise<{ removed: number }>;
}

/** State of a store, for `GET /debug/health`. */
export interface StoreHealth {
  journal: {
    bytes: number;
    segments: number;
    /** Bytes written and not yet indexed. */
    lag: number;
    /** What retention has taken away since the index was built. */
    pruned_traces?: number;
    pruned_bytes?: number;
    /** The SQLite that holds the index; absent for a store without one, and while it cannot be asked. */
    sqlite?: string;
  };
  /** Records not kept, by cause. */
  dropped: Record<string, number>;
  corruptRecords: number;
  /** Sentences for people: why the store is less than well. Empty: all is well. */
  problems: string[];
}

/** A store: the three ports and a life. `open` and `close` never throw into the host: what fails is in `health()`. */
export interface TraceStore extends TraceReader, TraceFeed, TraceAdmin {
  readonly sink: RecordSink;
  close(): Promise<void>;
}
