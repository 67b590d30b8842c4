import { isBuiltin } from 'node:module';
import { TraceCollectorError } from '../../../model/errors.js';
import { GuardedDatabase } from './guarded-database.js';
import type { TerminationGuard } from './termination-guard.js';
import { findSqlitePackage, HOW_TO_GET_SQLITE, loadPackage, SQLITE_PACKAGE } from './sqlite-package.js';
import type { SqlitePlace } from './sqlite-package.js';
import type { SqlDatabase } from './sql-database.js';
import { wasmCode } from './wasm-code.js';
import type { DatabaseFile } from './wasm-files.js';
import { WasmDatabase } from './wasm-sqlite.js';

export type { SqlDatabase, SqlRow, SqlStatement, SqlValue } from './sql-database.js';

interface SqliteModule {
  DatabaseSync: new (path: string, options?: { readOnly?: boolean }) => SqlDatabase;
}

/** The SQLite of this thread. */
interface Engine {
  name: string;
  open(path: string, options: { readOnly?: boolean }): SqlDatabase;
  /** Its databases can be in memory only. */
  inMemory: boolean;
}

/** Where a thread finds its SQLite, as the main thread determined it. Can be sent to a worker. */
export interface SqliteSource {
  /** The application's package, where Node has no SQLite. */
  place?: SqlitePlace;
  /** SQLite as WASM, as `wasmCode()` returns it, where there is no package either. */
  wasm?: string;
  /** Use WASM in any case: for tests. */
  onlyWasm?: boolean;
}

let engine: Engine | undefined;
let guard: TerminationGuard | undefined;
let source: SqliteSource | undefined;

/**
 * Opens a database with Node's own SQLite, or with the optional package of the same interface where Node has none, or with
 * SQLite as WASM where that is not installed either. WASM opens `:memory:` only.
 */
export function openSqlite(path: string, options: { readOnly?: boolean } = {}): SqlDatabase {
  return (engine ??= chosen()).open(path, options);
}

/**
 * Opens a database whose pages this process reads and writes itself, with SQLite as WASM on every Node. `undefined` where
 * there is no WASM: in a run on the source.
 */
export function openPages(file: DatabaseFile): SqlDatabase | undefined {
  const code = codeOfPages();
  return code === undefined ? undefined : new WasmDatabase(code, undefined, file);
}

/** Whether `openPages` opens anything. There is no WASM in a process that was started with `--jitless` either. */
export function hasPages(): boolean {
  return codeOfPages() !== undefined;
}

function codeOfPages(): string | undefined {
  const { WebAssembly: engineOfWasm } = globalThis as { WebAssembly?: object };
  return engineOfWasm ? (source?.wasm ?? wasmCode()) : undefined;
}

/** Whether databases can be in memory only. Throws `CATALOG_UNAVAILABLE` where there is no SQLite. */
export function inMemoryOnly(): boolean {
  return (engine ??= chosen()).inMemory;
}

/** Name of the SQLite that `openSqlite` of this thread uses. Throws `CATALOG_UNAVAILABLE` where there is no SQLite. */
export function sqliteName(): string {
  return (engine ??= chosen()).name;
}

/** Makes the calls of all add-on databases that this thread opens from now on within `shared`. */
export function guardDatabases(shared: TerminationGuard): void {
  guard = shared;
}

/** Sets the SQLite of this thread: for a worker, which cannot search from the application's main file, and for tests. */
export function useSqlite(given: SqliteSource | undefined): void {
  source = given;
  engine = undefined;
}

/** For tests: WASM in any case. No option of the package. */
const FORCED = 'TRACE_INTERNAL_SQLITE';

const NATIVE_NAME = 'node:sqlite';
export const WASM_NAME = 'node-sqlite3-wasm, index in memory';

/** The SQLite that a database would be opened with; `undefined` where there is none. For the main thread. Loads nothing. */
export function sqliteInUse(): { name: string; source: SqliteSource } | undefined {
  if (source?.onlyWasm) return { name: WASM_NAME, source };
  const wasm = wasmCode();
  if (wasm !== undefined && process.env[FORCED] === 'wasm')
    return { name: WASM_NAME, source: { wasm, onlyWasm: true } };
  const { isBuiltin: real } = process.getBuiltinModule?.('node:module') ?? { isBuiltin };
  if (real('node:sqlite')) return { name: NATIVE_NAME, source: {} };
  const place = findSqlitePackage();
  if (place) return { name: SQLITE_PACKAGE, source: { place, wasm } };
  return wasm === undefined ? undefined : { name: WASM_NAME, source: { wasm } };
}

/** Start-up message where no SQLite keeps the index in a file; `undefined` where one does. */
export function sqliteHint(): { text: string; missing: boolean } | undefined {
  const found = sqliteInUse();
  if (!found) {
    const text = `Traces are recorded, but cannot be read: Node ${process.version} has no SQLite. ${HOW_TO_GET_SQLITE}.`;
    return { text, missing: true };
  }
  if (found.name !== WASM_NAME) return undefined;
  const text = `The index of traces is in memory and is built anew at each start. To keep it in a file: ${HOW_TO_GET_SQLITE}.`;
  return { text, missing: false };
}

function chosen(): Engine {
  source ??= sqliteInUse()?.source ?? {};
  const { wasm } = source;
  const inWasm =
    wasm === undefined ? undefined : { name: WASM_NAME, open: () => new WasmDatabase(wasm), inMemory: true };
  if (source.onlyWasm && inWasm) return inWasm;
  const native = builtin();
  if (native)
    return { name: NATIVE_NAME, open: (path, options) => new native.DatabaseSync(path, options), inMemory: false };
  if (!source.place && inWasm) return inWasm;
  try {
    const { DatabaseSync } = optional(source.place);
    return {
      name: SQLITE_PACKAGE,
      inMemory: false,
      open: (path, options) => {
        const open = (): SqlDatabase => new DatabaseSync(path, options);
        return guard ? new GuardedDatabase(guard, open) : open();
      },
    };
  } catch (error) {
    // Installed for another platform, for example.
    if (inWasm) return inWasm;
    throw error;
  }
}

/** Suppresses Node 22's warning that its SQLite is experimental: the application did not choose it. */
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

function optional(place: SqlitePlace | undefined): SqliteModule {
  try {
    if (!place) throw new Error(`${SQLITE_PACKAGE} is not installed.`);
    return loadPackage<SqliteModule>(place);
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

/** SQLite's extended code for a truncated file. */
const IOERR_SHORT_READ = 522;

/** Whether the file holds no whole database and has to be replaced. */
export function isCorrupt(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code === SQLITE.CORRUPT || code === SQLITE.NOTADB) return true;
  return (error as { errcode?: unknown } | undefined)?.errcode === IOERR_SHORT_READ;
}

/** Whether a value was refused, by SQLite or by the binding (a TypeError). Other values are accepted. */
export function isRefusal(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code === undefined) return (error as { name?: unknown } | undefined)?.name === 'TypeError';
  return code === SQLITE.TOOBIG || code === SQLITE.CONSTRAINT || code === SQLITE.MISMATCH;
}

/** Whether the file cannot be written: the file system is read-only or full, or the file is another user's. */
export function isUnwritable(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE.READONLY || code === SQLITE.CANTOPEN || code === SQLITE.FULL;
}

/** Whether the same call may succeed later, without any repair. */
export function isPassing(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE.BUSY || code === SQLITE.FULL;
}
