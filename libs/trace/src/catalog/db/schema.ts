import { rmSync } from 'node:fs';
import { TraceCollectorError } from '../../model/errors.js';
import { FAILED_STATUSES } from '../../model/status.js';
import { prepareCatalogFile } from './catalog-file.js';
import { isCorrupt, openPages, openSqlite, type SqlDatabase } from './sqlite/sqlite.js';
import type { DatabaseFile } from './sqlite/wasm-files.js';

/** A catalog without a file. */
export const IN_MEMORY = ':memory:';

/** The database's `user_version`. An older catalog is deleted and rebuilt from the journal: nothing is migrated. */
export const CATALOG_VERSION = 13;

/** `TRCE`, in the header of the file. */
const APPLICATION_ID = 0x54524345;

/** `FAILED_STATUSES` as a list of SQL. The partial index and its query need the same words. */
export const FAILED_LIST = `(${FAILED_STATUSES.map((status) => `'${status}'`).join(', ')})`;

const TABLES = `
  CREATE TABLE segments (
    number INTEGER PRIMARY KEY,
    kept INTEGER NOT NULL,
    writer TEXT NOT NULL,
    read INTEGER NOT NULL,
    corrupt INTEGER NOT NULL,
    dropped TEXT NOT NULL,
    oldest INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    stamp TEXT NOT NULL,
    sealed INTEGER NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE segment_sums (number INTEGER PRIMARY KEY, read INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;
  CREATE TABLE traces (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    writer INTEGER NOT NULL,
    trace_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    contacts TEXT NOT NULL,
    status TEXT NOT NULL,
    started_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    ended_us INTEGER,
    events INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    late_events INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    counts TEXT NOT NULL,
    status_code INTEGER,
    identified INTEGER NOT NULL,
    traceparent TEXT NOT NULL,
    message_id TEXT,
    link TEXT,
    link_span TEXT,
    type TEXT,
    route TEXT NOT NULL,
    agents TEXT NOT NULL,
    tools TEXT NOT NULL,
    message TEXT,
    reply TEXT,
    first_error TEXT,
    calls TEXT,
    logged TEXT,
    tokens INTEGER,
    cost_nano INTEGER,
    partition INTEGER NOT NULL,
    terms TEXT NOT NULL,
    lookup_keys TEXT NOT NULL,
    search TEXT NOT NULL
  ) STRICT;
  CREATE INDEX traces_by_time ON traces (started_us, key);
  CREATE INDEX traces_by_contact ON traces (partition, contact_id, started_us, key);
  CREATE INDEX traces_by_status ON traces (status, started_us, key);
  CREATE INDEX traces_by_message ON traces (partition, message_id, started_us, key) WHERE message_id IS NOT NULL;
  CREATE INDEX traces_with_errors ON traces (started_us, key) WHERE errors > 0 OR status IN ${FAILED_LIST};
  CREATE INDEX traces_by_duration ON traces (partition, ended_us - started_us) WHERE ended_us IS NOT NULL;
  CREATE INDEX traces_by_cost ON traces (partition, cost_nano) WHERE cost_nano IS NOT NULL;
  CREATE INDEX traces_logged ON traces (started_us, key) WHERE logged IS NOT NULL;
  CREATE TABLE extents (
    trace INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    byte_ranges BLOB NOT NULL,
    PRIMARY KEY (trace, segment)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX extents_by_segment ON extents (segment);
  CREATE TABLE terms (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (kind, name)) STRICT;
  CREATE TABLE trace_terms (
    term INTEGER NOT NULL,
    started_us INTEGER NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (term, started_us, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE trace_lookup (
    partition INTEGER NOT NULL,
    lookup_key INTEGER NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (partition, lookup_key, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE partitions (
    number INTEGER PRIMARY KEY,
    from_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    n INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE text_filters (
    number INTEGER PRIMARY KEY,
    from_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    n INTEGER NOT NULL,
    bits BLOB
  ) STRICT;
  CREATE TABLE rollups (
    level INTEGER NOT NULL,
    at INTEGER NOT NULL,
    traces INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (level, at)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX rollup_bars ON rollups (level, at, traces, errors);
  CREATE TABLE baselines (
    day INTEGER NOT NULL,
    route INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (day, route)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE error_counts (
    error INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    traces INTEGER NOT NULL,
    first_us INTEGER NOT NULL,
    PRIMARY KEY (error, minute)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE erased (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`;

/** `secure_delete` overwrites deleted rows with zeros: an erased contact must not be found in the file's free pages. */
const SETTINGS = `
  PRAGMA busy_timeout = 2000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA secure_delete = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -16000;
  PRAGMA journal_size_limit = 4000000;
`;

/**
 * For pages that this process reads itself, of which it writes a copy. A transaction that fails is rolled back from memory;
 * without `EXCLUSIVE` the pages would be read again after each one.
 */
const SETTINGS_OF_PAGES = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = MEMORY;
  PRAGMA synchronous = OFF;
  PRAGMA secure_delete = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -16000;
`;

/**
 * Opens a catalog whose pages this process reads itself; an empty file becomes an empty catalog. Throws `OutdatedCatalog`
 * for one of another version or none, `DATA_NEWER` for one of a newer version, and what SQLite throws.
 */
export function openCatalogPages(file: DatabaseFile): SqlDatabase {
  const db = openPages(file);
  if (!db) throw new Error('This run has no SQLite as WASM.');
  return prepareCatalog(db, SETTINGS_OF_PAGES);
}

/**
 * Opens the catalog. Replaces an older or a damaged one by an empty one. Throws `DATA_NEWER` for a catalog of a newer
 * version, and what SQLite throws when the file cannot be written.
 */
export function openCatalog(file: string): SqlDatabase {
  try {
    return openVersion(file);
  } catch (error) {
    if (!isCorrupt(error) && !(error instanceof OutdatedCatalog)) throw error;
    removeCatalog(file);
    return openVersion(file);
  }
}

export function removeCatalog(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
}

/** The file has the tables of another version, or of another program. */
export class OutdatedCatalog extends Error {
  constructor() {
    super('it is of another version');
  }
}

function openVersion(file: string): SqlDatabase {
  if (file !== IN_MEMORY) prepareCatalogFile(file);
  return prepareCatalog(openSqlite(file), SETTINGS);
}

function prepareCatalog(db: SqlDatabase, settings: string): SqlDatabase {
  try {
    db.exec(settings);
    db.exec('BEGIN IMMEDIATE');
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > CATALOG_VERSION) {
      throw new TraceCollectorError(
        'DATA_NEWER',
        `The catalog has version ${version}, this program knows versions up to ${CATALOG_VERSION}: use the nestjs-trace-collector that wrote it, or a newer one.`,
      );
    }
    if (version === 0) {
      const { n } = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number };
      // Tables without a version: the file is another program's, or its creation was interrupted.
      if (n > 0) throw new OutdatedCatalog();
      db.exec(TABLES);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${CATALOG_VERSION}`);
    } else if (version < CATALOG_VERSION) throw new OutdatedCatalog();
    db.exec('COMMIT');
    return db;
  } catch (error) {
    closeWithoutLock(db);
    throw error;
  }
}

/** A connection with unfinished statements survives `close` and would keep its lock. */
function closeWithoutLock(db: SqlDatabase): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // There was no transaction yet.
  }
  db.close();
}
