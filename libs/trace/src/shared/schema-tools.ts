/** State of the tables of a shared store, for `db status` and `doctor`. */
export interface SchemaStatus {
  kind: 'postgres' | 'clickhouse';
  /** The server's own words, such as `PostgreSQL 15.18`. */
  server: string;
  /** Schema or database that holds the tables. */
  name: string;
  /** Version of the tables; `null`: there are none. */
  version: number | null;
  /** Version that this program writes. */
  wanted: number;
  /** Why this program may not read or not write; absent: it may. */
  refused?: string;
  /** Bytes of all tables with their indexes. */
  bytes: number;
  /** Days that have a partition, `2026-12-01`, the oldest first. */
  days: string[];
  /** How text search works: with an index, or by reading rows. Absent: there are no tables. */
  search?: 'trigram' | 'scan';
}

/** Creates and migrates the tables of a shared store. */
export interface SchemaTools {
  status(): Promise<SchemaStatus>;
  /** Creates or migrates the tables. Returns the versions before and after; the same where nothing was to do. */
  migrate(): Promise<{ from: number | null; to: number }>;
  /** The statements that `migrate` would run, for people who may run them. Needs no connection. */
  script(): string;
  close(): Promise<void>;
}
