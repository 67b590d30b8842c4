/** Version of the tables that this program writes. */
export const SCHEMA_VERSION = 3;

/**
 * The tables of version 1, for PostgreSQL 14 and later. Times ending in `_us` are microseconds since the epoch. `heads` and
 * `chunks` have a partition for each day (UTC) of `started_us`.
 */
const SCHEMA_1 = `
CREATE TABLE nestjs_traces.meta (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  version int NOT NULL,
  -- Programs of a lower version may not read, or not write.
  min_reader int NOT NULL,
  min_writer int NOT NULL,
  migrated_at timestamptz NOT NULL DEFAULT now()
);

-- A process that records, and the place in its segments up to which its records are here.
CREATE TABLE nestjs_traces.sources (
  source int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  writer text NOT NULL UNIQUE,
  instance text NOT NULL,
  service text,
  host text NOT NULL,
  pid int NOT NULL,
  program text NOT NULL,
  segment int NOT NULL DEFAULT 0,
  pos bigint NOT NULL DEFAULT 0,
  batch bigint NOT NULL DEFAULT 0,
  registered_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  closed boolean NOT NULL DEFAULT false,
  lag_bytes bigint NOT NULL DEFAULT 0,
  lost_bytes bigint NOT NULL DEFAULT 0,
  dropped text NOT NULL DEFAULT '{}'
) WITH (fillfactor = 50);

-- A trace: what lists, filters, search and sums need. The key is unique over all sources.
CREATE TABLE nestjs_traces.heads (
  key text NOT NULL,
  started_us bigint NOT NULL,
  source int NOT NULL,
  version bigint NOT NULL,
  trace_id text NOT NULL,
  contact_id text NOT NULL,
  status text NOT NULL,
  last_us bigint NOT NULL,
  ended_us bigint,
  errors int NOT NULL,
  message_id text,
  tags text[] NOT NULL,
  search text NOT NULL,
  cost_nano bigint,
  tokens bigint,
  pinned boolean NOT NULL DEFAULT false,
  doc text NOT NULL,
  uses text NOT NULL,
  PRIMARY KEY (key, started_us)
) PARTITION BY RANGE (started_us);
CREATE INDEX heads_time ON nestjs_traces.heads (started_us, key);
CREATE INDEX heads_contact ON nestjs_traces.heads (contact_id, started_us, key);
CREATE INDEX heads_status ON nestjs_traces.heads (status, started_us, key) WHERE status <> 'completed';
CREATE INDEX heads_trace_id ON nestjs_traces.heads (trace_id text_pattern_ops);
CREATE INDEX heads_message ON nestjs_traces.heads (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX heads_tags ON nestjs_traces.heads USING gin (tags);

-- Lines of one trace of one batch, compressed.
CREATE TABLE nestjs_traces.chunks (
  key text NOT NULL,
  started_us bigint NOT NULL,
  source int NOT NULL,
  seq bigint NOT NULL,
  batch bigint NOT NULL,
  records int NOT NULL,
  codec smallint NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (key, source, seq, started_us)
) PARTITION BY RANGE (started_us);
-- Bodies are compressed already.
ALTER TABLE nestjs_traces.chunks ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX chunks_batch ON nestjs_traces.chunks (source, batch);

-- For the feed: the days in which the chunks of a batch are. A row is kept for a day.
CREATE TABLE nestjs_traces.batches (
  source int NOT NULL,
  batch bigint NOT NULL,
  oldest_us bigint NOT NULL,
  newest_us bigint NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, batch)
);

-- Sums of closed hours, and of days. A row with stale_xid is out of date.
CREATE TABLE nestjs_traces.hours (at_us bigint PRIMARY KEY, stale_xid xid8, data text);
CREATE TABLE nestjs_traces.days (at_us bigint PRIMARY KEY, stale_xid xid8, data text);

-- How traces of a route usually go, as each process learned it.
CREATE TABLE nestjs_traces.baselines (
  source int NOT NULL,
  day int NOT NULL,
  route bigint NOT NULL,
  data text NOT NULL,
  PRIMARY KEY (day, route, source)
);

-- Contacts to erase from all directories. The contact itself is here until all live sources have erased it.
CREATE TABLE nestjs_traces.erasures (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  contact_hash bytea NOT NULL,
  contact_id text,
  until_us bigint NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT now(),
  -- Traces that began up to here were searched for the contact.
  swept_us bigint,
  -- Begins of the days whose files may still have deleted rows of the contact.
  remains bigint[] NOT NULL DEFAULT '{}'
);
-- Statistics of this column would be a copy of erased contacts.
ALTER TABLE nestjs_traces.erasures ALTER COLUMN contact_id SET STATISTICS 0;
CREATE TABLE nestjs_traces.erasure_acks (id bigint NOT NULL, source int NOT NULL, PRIMARY KEY (id, source));
-- Traces that are erased while they run: what they still write is not stored.
CREATE TABLE nestjs_traces.erased_traces (key text PRIMARY KEY, erased_at timestamptz NOT NULL DEFAULT now());

-- The process that does maintenance now, and when the next one is due.
CREATE TABLE nestjs_traces.maintenance (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  holder text,
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  due_at timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO nestjs_traces.maintenance DEFAULT VALUES;
`;

/**
 * Version 2: states of error groups, and indexes for lists by duration and cost. Programs of version 1 read and write these
 * tables as before.
 */
const SCHEMA_2 = `
-- What people said about error groups. A group without a row is open.
CREATE TABLE nestjs_traces.error_states (fingerprint text PRIMARY KEY, state text NOT NULL, at_us bigint NOT NULL);
CREATE INDEX heads_duration ON nestjs_traces.heads ((ended_us - started_us)) WHERE ended_us IS NOT NULL;
CREATE INDEX heads_cost ON nestjs_traces.heads (cost_nano) WHERE cost_nano IS NOT NULL;
-- Sums of version 1 have no replies: they are made again when they are asked for.
UPDATE nestjs_traces.hours SET stale_xid = pg_current_xact_id() WHERE stale_xid IS NULL;
UPDATE nestjs_traces.days SET stale_xid = pg_current_xact_id() WHERE stale_xid IS NULL;
`;

/** Version 3: alerts that were sent. Programs of version 1 read and write these tables as before. */
const SCHEMA_3 = `
-- Alerts: when each rule has seen each subject last, and what was sent. token: the claim that was sent.
CREATE TABLE nestjs_traces.alerts_sent (
  rule text NOT NULL,
  subject text NOT NULL,
  seen_us bigint NOT NULL,
  token text NOT NULL,
  sent_us bigint NOT NULL,
  title text,
  instance text,
  PRIMARY KEY (rule, subject)
);
`;

/** A step from the version before. */
export interface Migration {
  version: number;
  /** Lowest versions of programs that may read and write the tables after it. */
  minReader: number;
  minWriter: number;
  statements: string;
}

/** All steps, the oldest first. The last one makes `SCHEMA_VERSION`. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, minReader: 1, minWriter: 1, statements: SCHEMA_1 },
  { version: 2, minReader: 1, minWriter: 1, statements: SCHEMA_2 },
  { version: 3, minReader: 1, minWriter: 1, statements: SCHEMA_3 },
];
