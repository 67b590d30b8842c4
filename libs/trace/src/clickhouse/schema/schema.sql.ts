/** Version of the tables that this program writes. */
export const SCHEMA_VERSION = 3;

/** Microseconds of a day: the partitions of `heads` and `chunks`. */
export const DAY_US = 86_400_000_000;

/**
 * The tables of version 1, for ClickHouse 25 and later. Times ending in `_us` are microseconds since the epoch; those with
 * a default are the server's. Tables are written by INSERT only: of rows with the same sorting key, the one with the
 * highest version counts.
 */
const SCHEMA_1: readonly string[] = [
  `CREATE DATABASE IF NOT EXISTS nestjs_traces`,

  // A trace: what lists, filters, search and sums need. edition: see heads/edition.ts.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.heads (
    key String,
    started_us Int64,
    source LowCardinality(String),
    version Int64,
    edition Int64,
    trace_id String,
    contact_id String,
    status LowCardinality(String),
    last_us Int64,
    ended_us Nullable(Int64),
    errors Int64,
    message_id String,
    tags Array(String),
    search String CODEC(ZSTD(1)),
    cost_nano Nullable(Float64),
    tokens Nullable(Float64),
    doc String CODEC(ZSTD(1)),
    use_kind Array(LowCardinality(String)),
    use_name Array(String),
    use_n Array(Int64),
    use_errors Array(Int64),
    use_us Array(Int64),
    use_took Array(Array(Int32)),
    usage Array(Float64),
    spent_kind Array(LowCardinality(String)),
    spent_name Array(String),
    spent_sums Array(Array(Float64)),
    INDEX by_key key TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_trace_id trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_contact contact_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_message message_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_tag tags TYPE bloom_filter(0.01) GRANULARITY 1
  ) ENGINE = ReplacingMergeTree(edition)
  PARTITION BY intDiv(started_us, ${DAY_US})
  ORDER BY (started_us, key)
  SETTINGS old_parts_lifetime = 60`,

  // Lines of one trace of one batch, as they are in the journal. version: the longer chunk of the same first record counts.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.chunks (
    key String,
    started_us Int64,
    source LowCardinality(String),
    seq Int64,
    last_seq Int64,
    version Int64,
    lines String CODEC(ZSTD(1))
  ) ENGINE = ReplacingMergeTree(version)
  PARTITION BY intDiv(started_us, ${DAY_US})
  ORDER BY (key, source, seq)
  SETTINGS old_parts_lifetime = 60`,

  // The place in the segments of a process up to which its records are stored. Written after them.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.positions (
    source String,
    segment Int64,
    pos Int64,
    last_seq Int64,
    own UInt8,
    stored_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6)),
    place UInt64 DEFAULT bitShiftLeft(toUInt64(segment), 32) + toUInt64(pos)
  ) ENGINE = ReplacingMergeTree(place)
  ORDER BY source`,

  // For the feed: the traces that a batch has records of. A row is kept for a day.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.batches (
    source String,
    first_seq Int64,
    last_seq Int64,
    oldest_us Int64,
    newest_us Int64,
    keys Array(String),
    stored_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6))
  ) ENGINE = MergeTree
  ORDER BY (source, last_seq)
  TTL toDateTime(intDiv(stored_us, 1000000)) + INTERVAL 1 DAY`,

  // A process that records, and its signs of life.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.sources (
    writer String,
    instance String,
    service Nullable(String),
    host String,
    pid Int64,
    program String,
    registered_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6))
  ) ENGINE = ReplacingMergeTree
  ORDER BY writer`,
  `CREATE TABLE IF NOT EXISTS nestjs_traces.beats (
    writer String,
    closed UInt8,
    lag_bytes Int64,
    lost_bytes Int64,
    dropped String,
    seen_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6))
  ) ENGINE = ReplacingMergeTree(seen_us)
  ORDER BY writer`,

  // Traces that a user pinned, or no longer.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.pins (
    key String,
    pinned UInt8,
    at_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6))
  ) ENGINE = ReplacingMergeTree(at_us)
  ORDER BY key`,

  // Traces that no answer has any more. Maintenance deletes their rows.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.removed (
    key String,
    erased UInt8,
    at_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6))
  ) ENGINE = ReplacingMergeTree(erased)
  ORDER BY key`,

  // Contacts to erase from all directories. state: 1 asked; 2 all live sources have erased it, and the contact is not here any
  // more; 3 its remains are not in the files any more.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.erasures (
    id Int64,
    contact_hash String,
    contact_id Nullable(String),
    until_us Int64,
    state UInt8
  ) ENGINE = ReplacingMergeTree(state)
  ORDER BY id
  SETTINGS old_parts_lifetime = 60`,
  // Partitions whose files have remains of an erased contact.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.erasure_days (
    id Int64,
    day Int64
  ) ENGINE = ReplacingMergeTree
  ORDER BY (id, day)`,
  `CREATE TABLE IF NOT EXISTS nestjs_traces.erasure_acks (
    id Int64,
    writer String
  ) ENGINE = ReplacingMergeTree
  ORDER BY (id, writer)`,

  // When a task of maintenance began last.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.runs (
    task String,
    at_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6))
  ) ENGINE = ReplacingMergeTree(at_us)
  ORDER BY task`,

  // Version of the tables. Programs of a version below these may not read, or not write.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.meta (
    version Int32,
    min_reader Int32,
    min_writer Int32,
    migrated_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6))
  ) ENGINE = ReplacingMergeTree
  ORDER BY version`,
  `INSERT INTO nestjs_traces.meta (version, min_reader, min_writer) VALUES (1, 1, 1)`,
];

/** Version 2: states of error groups. Programs of version 1 read and write these tables as before. */
const SCHEMA_2: readonly string[] = [
  // What people said about error groups; `open` as well, because rows are only added.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.error_states (
    fingerprint String,
    state LowCardinality(String),
    at_us Int64,
    stored_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6))
  ) ENGINE = ReplacingMergeTree(stored_us)
  ORDER BY fingerprint`,
  `INSERT INTO nestjs_traces.meta (version, min_reader, min_writer) VALUES (2, 1, 1)`,
];

/** Version 3: alerts that were sent. Programs of version 1 read and write these tables as before. */
const SCHEMA_3: readonly string[] = [
  // Alerts: each claim is a row. ordered_us is the server's time, seen_us the application's. Rows without a title were only seen.
  `CREATE TABLE IF NOT EXISTS nestjs_traces.alerts_sent (
    rule String,
    subject String,
    token String,
    seen_us Int64,
    title Nullable(String),
    instance Nullable(String),
    ordered_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6))
  ) ENGINE = MergeTree
  ORDER BY (rule, subject, seen_us)
  TTL toDateTime(intDiv(ordered_us, 1000000)) + INTERVAL 30 DAY`,
  `INSERT INTO nestjs_traces.meta (version, min_reader, min_writer) VALUES (3, 1, 1)`,
];

/** All statements. Each creates what is missing, so they can run on tables of any version. */
export const SCHEMA: readonly string[] = [...SCHEMA_1, ...SCHEMA_2, ...SCHEMA_3];
