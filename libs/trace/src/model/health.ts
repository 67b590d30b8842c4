/** State of the journal's files, for `GET /debug/health`. */
export interface JournalHealth {
  bytes: number;
  segments: number;
  /** Bytes that are written but not indexed yet. */
  lag: number;
  /** Number of traces that retention removed since the storage was created. Absent: none. */
  pruned_traces?: number;
  /** Bytes that retention removed since the storage was created. Absent: none. */
  pruned_bytes?: number;
  /** Name of the SQLite that holds the index; absent while the index does not answer. */
  sqlite?: string;
}

/** State of a consumer of the journal, for `GET /debug/health`. */
export interface ConsumerState {
  name: string;
  /** Bytes of the journal that it has not consumed. */
  lag_bytes: number;
  /** Why it makes no progress at present. */
  failing?: string;
  /** Bytes that retention deleted before they were consumed. */
  lost_bytes?: number;
}

/** State of the store that several instances share, for `GET /debug/health`. */
export interface SharedHealth {
  /** `postgres` or `clickhouse`. */
  kind: string;
  /** It answered the last time it was asked. */
  connected: boolean;
  /** Since when `connected` is as it is: ISO 8601, UTC. */
  since: string;
  /** Bytes of this directory's journal that it has not got yet. */
  lag_bytes: number;
  /** Age of the oldest of them in milliseconds; 0: there are none. */
  lag_ms: number;
  /** Bytes that were deleted before it got them, because the spool was full. */
  unshipped_lost: number;
  /** The last failure; `null`: there was none since the start. */
  last_error: string | null;
}

/** State of the sending of traces to a receiver of OTLP, for `GET /debug/health`. Counts begin at the start of the process. */
export interface OtlpHealth {
  /** Host of the receiver. */
  receiver: string;
  /** The last request was answered, and not by a wish to wait. */
  connected: boolean;
  /** Bytes of this directory's journal that were not read for it. */
  lag_bytes: number;
  /** Bytes that were deleted before they were read. */
  lost_bytes: number;
  /** Traces that were sent; one with late records counts again. */
  sent_traces: number;
  /** Spans that it took. */
  sent_spans: number;
  /** Spans that it refused for good. */
  rejected_spans: number;
  /** The last failure; `null`: none, or it is over. */
  last_error: string | null;
}

/** Spans of other processes that were sent to `POST /debug/otlp/v1/traces`. Counts begin at the start of the process. */
export interface ReceivedHealth {
  /** Spans that were recorded in their traces. */
  recorded: number;
  /** Spans that came again: the sender did not see the answer. They are recorded once. */
  repeated: number;
  /** Spans of no trace of this process; they are not kept unless the option `otlp.orphans` is `trace`. */
  orphans: number;
  /** Spans of traces that take no more events. */
  over_limit: number;
  /** Spans without valid ids or times. */
  invalid: number;
  /** Requests that were refused whole: wrong, cut or too large. */
  refused_requests: number;
}

/** A process that records into a shared store. */
export interface StoreInstance {
  /** Name of the instance: option `storage.instance`, by default the host's name. */
  instance: string;
  /** Name of the service: option `storage.service`. Absent: none. */
  service?: string;
  host: string;
  pid: number;
  /** Version of this package in it. */
  version: string;
  /** UUID of the process as a writer of the journal. */
  writer: string;
  /** `live`: it gave a sign of life in the last minute; `silent`: it did not; `closed`: it was shut down. */
  state: 'live' | 'silent' | 'closed';
  /** First sign of life, in microseconds. */
  startedAt: number;
  /** Last sign of life, in microseconds. */
  seenAt: number;
  /** Bytes of its journal that were not in the shared store at `seenAt`. */
  lagBytes: number;
  /** Bytes that were deleted before they were in the shared store. */
  lostBytes: number;
  /** Records that were not kept, by cause. */
  dropped: Record<string, number>;
  /** Traces that it recorded and that run now. */
  activeTraces: number;
}
