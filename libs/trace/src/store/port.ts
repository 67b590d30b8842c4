import type { JournalHealth, SharedHealth, StoreInstance } from '../model/health.js';
import type { RetentionLimits } from '../maintenance/retention/retention-policy.js';
import type { Baseline, BaselineQuery } from '../model/baseline.js';
import type { TextSearch, TraceSearch, TraceSort } from '../model/trace-search.js';
import type { ErrorMark } from '../model/error-mark.js';
import type { Micros } from '../model/record.js';
import type {
  FeedPosition,
  FeedRecord,
  SamplePart,
  StoredTrace,
  TraceCounts,
  TraceHead,
  TracePage,
  TraceSample,
} from '../model/trace.js';
import type { RecordConsumer } from '../pipeline/record-consumer.js';
import type { SentAlerts } from './sent-alerts.js';

/**
 * Where traces are read from. The first members are required. The others are capabilities: a question that needs one
 * that is missing is answered with `NOT_SUPPORTED` (HTTP 501), and all other questions work.
 *
 * A store is not written to by capture, which always writes the local journal. A store that keeps its own copy gets the
 * records through `consumer`.
 *
 * `storeContract` of `nestjs-trace-collector/testing` tests a store, capability by capability.
 */
export interface TraceStore {
  /**
   * How soon a record can be read. `own-writes`: an answer has everything that this process recorded before the
   * question. `lagMs`: after this many milliseconds at the latest.
   */
  readonly freshness: 'own-writes' | { readonly lagMs: number };
  /**
   * One page, newest first, or in the order `search.sort`, which only a store that names it in `sorts` is asked for. Rejects
   * with `BAD_POSITION` for a `before` that is not a cursor of this store and this order.
   */
  list(search: TraceSearch): Promise<TracePage>;
  /** The trace with this id, or the one that had it before its contact was known. */
  get(traceId: string): Promise<StoredTrace | undefined>;
  /** The traces with these ids in the order asked; ids without a trace are left out. */
  getMany(traceIds: readonly string[]): Promise<StoredTrace[]>;
  /** Does not reject: a failure is one of its `problems`. */
  health(): Promise<StoreHealth>;
  /** Does not reject, and may be called twice. */
  close(): Promise<void>;

  /** Orders that `list` and `search` have beside `started`. Without it, other orders are answered with `NOT_SUPPORTED`. */
  readonly sorts?: readonly Exclude<TraceSort, 'started'>[];
  /** Counts and distributions, for `stats` and the totals of `health`. */
  readonly stats?: TraceStats;
  /** All records in order, for `stream`. */
  readonly feed?: TraceFeed;
  /** Like `list`, with texts. */
  search?(search: TextSearch): Promise<TracePage>;
  /** Error groups: `list` filters by `fingerprint`, and their states are kept. */
  readonly errors?: TraceErrors;
  /** How traces usually go: an answer per query. Without it, traces have no hints that compare. */
  baseline?(queries: readonly BaselineQuery[]): Promise<Baseline[]>;
  /** Pins and deletes. */
  readonly admin?: TraceAdmin;
  /** Receives every record of the journal, in order per writer. */
  readonly consumer?: RecordConsumer;
  /**
   * Which alerts were sent, for all processes that share this store. Without it, those of one directory agree with one another.
   */
  readonly alerts?: SentAlerts;
  /** The processes that record into a store that several share, newest first. */
  instances?(): Promise<StoreInstance[]>;
  /**
   * The store for the reads of one question, so that they fit together, and why its answer may lack traces. Default: the
   * store itself.
   */
  question?(): QuestionStore;
}

/** A store as one question sees it. */
export interface QuestionStore extends TraceStore {
  /** A sentence, when the question has been answered: why traces may be missing. Absent: none are. */
  readonly degraded?: string;
}

/** Methods that every store has. */
export type TraceReader = Pick<TraceStore, 'list' | 'get' | 'getMany'>;

/** Names of the capabilities that a store may have. */
export type StoreCapability = 'stats' | 'feed' | 'search' | 'baseline' | 'admin' | 'instances' | 'sorts' | 'errors';

/** Counts and distributions over many traces. */
export interface TraceStats {
  counts(): Promise<TraceCounts>;
  /** @param range both ends belong to it; left out: all traces. */
  sample(range: { since?: number; until?: number }): Promise<TraceSample>;
  /**
   * Numbers over time: one part per range, in the same order; both ends belong to a range. At most about 60 ranges of at
   * least five minutes. Without it, or with `undefined` as its answer, `stats` has no numbers over time.
   */
  parts?(ranges: readonly { since: number; until: number }[]): Promise<SamplePart[] | undefined>;
}

/** All records in the order in which they can be read, resumable at each of them. */
export interface TraceFeed {
  /** The position after the newest record. */
  head(): Promise<FeedPosition>;
  /**
   * Records after `after` (from the oldest one when `undefined`), at most `limit`, none beyond `until`.
   * `done`: there are no more records before `until`, or before the head. Rejects with `BAD_POSITION` for text that is
   * not a position.
   */
  readAfter(
    after: FeedPosition | undefined,
    options: { limit: number; until?: FeedPosition },
  ): Promise<{ records: FeedRecord[]; position: FeedPosition; done: boolean }>;
  /** Calls `listener`, coalesced, when there may be more records. Returns the function that stops it. */
  onMore(listener: () => void): () => void;
  /** Heads by the key that records carry. */
  heads(keys: readonly string[]): Promise<Map<string, TraceHead>>;
  /** Traces with at least the records that the feed has returned. Default: those of the store. */
  getMany?(traceIds: readonly string[]): Promise<StoredTrace[]>;
}

/** Error groups: their traces and their states. A store with this capability also filters by `TraceSearch.fingerprint`. */
export interface TraceErrors {
  /** The groups that are not `open`. A group whose last error is newer than `at` of `resolved` is open again. */
  marks(): Promise<ErrorMark[]>;
  /** Replaces the state of a group. Left out: the store is read only. */
  mark?(fingerprint: string, state: ErrorMark['state'] | 'open', at: Micros): Promise<void>;
}

/** Options of `TraceAdmin.erase`. */
export interface EraseOptions {
  /**
   * Erase the remains in the files of the store at once, however long that takes. Default: `false`, a store in which that
   * takes long does it later. A store that always erases at once ignores it.
   */
  scrub?: boolean;
}

/** What `TraceAdmin.erase` did. */
export interface ErasedContact {
  /** Traces that were deleted. */
  removed: number;
  /** How many of them can no longer be read but are not erased from the files of the store yet. */
  pending: number;
  /** Running processes with a directory of their own that have erased it, and that have not yet. Absent: there are none. */
  instances?: { done: number; pending: number };
}

/** Protects and deletes traces. */
export interface TraceAdmin {
  /** Protects a trace from `clear` and `prune`, or no longer. `false`: there is no trace with this id. */
  pin(traceId: string, pinned: boolean): Promise<boolean>;
  /** Deletes every ended trace that is not pinned; with `keepErrors` only those without an error. */
  clear(options: { keepErrors: boolean }): Promise<{ removed: number }>;
  /** Erases a contact: its traces, pinned or not, and its id in the records of others. */
  erase(contactId: string, options?: EraseOptions): Promise<ErasedContact>;
  /**
   * Deletes what `retention` does not keep; called every minute. Without it, an application that has this store cannot
   * set `retention`. The embedded store has none: it prunes by itself.
   */
  prune?(limits: RetentionLimits): Promise<{ removed: number }>;
}

/** State of a store, for `GET /debug/health`. */
export interface StoreHealth {
  /** Sentences for people about what does not work. Empty: all is well. */
  problems: string[];
  /** Records that were not kept, by cause. */
  dropped?: Record<string, number>;
  /** Records that could not be read back. */
  corruptRecords?: number;
  /** The files that hold the records; only the embedded store has them. */
  journal?: JournalHealth;
  /** State of the store that several instances share; only such a store has it. */
  shared?: SharedHealth;
}
