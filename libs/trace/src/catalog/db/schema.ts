import { rmSync } from 'node:fs';
import { TraceCollectorError } from '../../model/errors.js';
import { prepareCatalogFile } from './catalog-file.js';
import { FAILED_LIST } from './failed-list.js';
import { isCorrupt, openSqlite, type SqlDatabase } from './sqlite/sqlite.js';

/** A catalog without a file. */
export const IN_MEMORY = ':memory:';

/** Of `user_version`. An older catalog is thrown away and built anew from the journal: there is nothing to migrate. */
export const CATALOG_VERSION = 10;

/** Ours, in the header of the file: `TRCE`. */
const APPLICATION_ID = 0x54524345;

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
    gone INTEGER NOT NULL DEFAULT 0
  ) STRICT;
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

/** Deleted rows are overwritten with zeros: a forgotten contact must not be found in the file's free pages. */
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
 * Opens the catalog, or an empty one where there is none, an older one or a damaged one.
 * Throws `DATA_NEWER` for a newer version's, and what SQLite throws when the place cannot be written.
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

class OutdatedCatalog extends Error {}

function openVersion(file: string): SqlDatabase {
  if (file !== IN_MEMORY) prepareCatalogFile(file);
  const db = openSqlite(file);
  try {
    db.exec(SETTINGS);
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
      // Tables without a version: somebody else's file, or the first moment of ours, cut short.
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

/** A connection with unfinished statements lives on after `close`, and would keep its lock with it. */
function closeWithoutLock(db: SqlDatabase): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // There was no transaction yet.
  }
  db.close();
}
