import { isBuiltin } from 'node:module';
import { TraceCollectorError } from '../model/errors.js';
import { GatedDatabase } from './gated-sqlite.js';
import type { NativeGate } from './native-gate.js';
import { findSqlitePackage, HOW_TO_GET_SQLITE, requireFrom, SQLITE_PACKAGE } from './sqlite-package.js';
import type { SqlitePlace } from './sqlite-package.js';
import type { SqlDatabase } from './sql-database.js';

export type { SqlDatabase, SqlRow, SqlStatement, SqlValue } from './sql-database.js';

interface SqliteModule {
  DatabaseSync: new (path: string, options?: { readOnly?: boolean }) => SqlDatabase;
}

let native: SqliteModule | undefined;
let addon: SqliteModule | undefined;
let gate: NativeGate | undefined;
let place: SqlitePlace | undefined;

/** Opens a database with Node's own SQLite, or with the optional package of the same interface where Node has none. */
export function openSqlite(path: string, options: { readOnly?: boolean } = {}): SqlDatabase {
  native ??= builtin();
  if (native) return new native.DatabaseSync(path, options);
  const { DatabaseSync } = (addon ??= optional());
  const open = (): SqlDatabase => new DatabaseSync(path, options);
  return gate ? new GatedDatabase(gate, open) : open();
}

/** All databases that this thread opens from now on keep to this gate, where they are an add-on's. */
export function keepTo(shared: NativeGate): void {
  gate = shared;
}

/** Where this thread finds the substitute. For a worker: it cannot look from the application's main file. */
export function useSqlitePackage(found: SqlitePlace | undefined): void {
  place = found;
}

/** The SQLite that a database would be opened with; `undefined` where there is none. For the main thread. Loads nothing. */
export function sqliteInUse(): { name: string; place?: SqlitePlace } | undefined {
  const { isBuiltin: real } = process.getBuiltinModule?.('node:module') ?? { isBuiltin };
  if (real('node:sqlite')) return { name: 'node:sqlite' };
  const found = findSqlitePackage();
  return found && { name: SQLITE_PACKAGE, place: found };
}

/** What to say at start where traces are recorded and cannot be read; `undefined` where there is a SQLite. */
export function missingSqlite(): string | undefined {
  if (sqliteInUse()) return undefined;
  return `Traces are recorded, but cannot be read: Node ${process.version} has no SQLite. ${HOW_TO_GET_SQLITE}.`;
}

/** Node 22 warns that its SQLite is experimental. That is our choice, not the application's business. */
function builtin(): SqliteModule | undefined {
  const { emitWarning } = process;
  try {
    process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
      if (String(warning).includes('SQLite')) return;
      (emitWarning as (...all: unknown[]) => void).call(process, warning, ...rest);
    }) as typeof process.emitWarning;
    return process.getBuiltinModule?.('node:sqlite') as SqliteModule | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function optional(): SqliteModule {
  try {
    place ??= findSqlitePackage();
    if (!place) throw new Error(`${SQLITE_PACKAGE} is not installed.`);
    const require = requireFrom(place.main);
    if (place.pnp !== undefined && process.versions['pnp'] === undefined) {
      (require(place.pnp) as { setup(): void }).setup();
    }
    return require(place.main) as SqliteModule;
  } catch (cause) {
    throw new TraceCollectorError(
      'CATALOG_UNAVAILABLE',
      `No SQLite: Node ${process.version} has no node:sqlite, and ${(cause as Error).message} Traces are recorded ` +
        `all the same. To read them: ${HOW_TO_GET_SQLITE}.`,
      { cause },
    );
  }
}

export const SQLITE = {
  BUSY: 5,
  READONLY: 8,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  TOOBIG: 18,
  CONSTRAINT: 19,
  MISMATCH: 20,
  NOTADB: 26,
};

/** SQLite's own words for its codes: where a query fails between two rows, the optional package gives nothing else. */
const CODE_OF_MESSAGE: Record<string, number> = {
  'database is locked': SQLITE.BUSY,
  'attempt to write a readonly database': SQLITE.READONLY,
  'database disk image is malformed': SQLITE.CORRUPT,
  'database or disk is full': SQLITE.FULL,
  'unable to open database file': SQLITE.CANTOPEN,
  'file is not a database': SQLITE.NOTADB,
};

/** SQLite's primary result code of an error, e.g. 11 for SQLITE_CORRUPT; `undefined` for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  const { errcode, message } = (error ?? {}) as { errcode?: unknown; message?: unknown };
  if (typeof errcode === 'number') return errcode & 0xff;
  return typeof message === 'string' ? CODE_OF_MESSAGE[message] : undefined;
}

/** A file that was cut off. */
const IOERR_SHORT_READ = 522;

/** The file holds no (whole) database: it can only be thrown away. */
export function isCorrupt(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code === SQLITE.CORRUPT || code === SQLITE.NOTADB) return true;
  return (error as { errcode?: unknown } | undefined)?.errcode === IOERR_SHORT_READ;
}

/** Refused for its value, by SQLite or by the binding (a TypeError); any other would have been taken. */
export function isRefusal(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code === undefined) return (error as { name?: unknown } | undefined)?.name === 'TypeError';
  return code === SQLITE.TOOBIG || code === SQLITE.CONSTRAINT || code === SQLITE.MISMATCH;
}

/** The place cannot be written: a read-only file system, a full one, or not our file. */
export function isUnwritable(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE.READONLY || code === SQLITE.CANTOPEN || code === SQLITE.FULL;
}

/** It may work the next time, and nothing is broken. */
export function isPassing(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE.BUSY || code === SQLITE.FULL;
}
