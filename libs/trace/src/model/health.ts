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
