import { closeSync } from 'node:fs';
import { openForReading } from '../../journal/files/private-file.js';
import type { ChangeLog } from './change-log.js';
import { IN_MEMORY, openCatalog } from './schema.js';
import { hasText } from '../../model/text.js';
import { isExcludedRow } from './excluded-row.js';
import type { SqlDatabase, SqlStatement, SqlValue } from './sqlite/sqlite.js';
import { SQL, type StatementName } from './statements.js';

type Params = SqlValue[] | [Record<string, SqlValue>];

export { IN_MEMORY };

/** The open catalog and its prepared statements. */
export class CatalogDb {
  private readonly statements = new Map<StatementName, SqlStatement>();
  private readonly db: SqlDatabase;
  private depth = 0;
  private isClosed = false;
  private raw: number | undefined;
  /** Called around every transaction of `write`. */
  hooks: { afterBegin(): void; beforeCommit(): void; afterRollback(): void } | undefined;

  /**
   * @param changes where changes of the journal are noted for other processes, when the index is of this process only
   * @param opened the open database. Default: the one in `file`, or in memory
   */
  constructor(
    readonly file: string,
    readonly changes?: ChangeLog,
    opened?: SqlDatabase,
  ) {
    this.db = opened ?? openCatalog(file);
    this.db.function('has_text', { deterministic: true, varargs: true }, hasText);
    this.db.function('is_excluded', { deterministic: true, varargs: true }, isExcludedRow);
  }

  run(name: StatementName, ...params: Params): { lastInsertRowid: number | bigint } {
    return this.prepared(name).run(...usedBy(name, params));
  }

  get<Row>(name: StatementName, ...params: Params): Row | undefined {
    return this.prepared(name).get(...usedBy(name, params)) as Row | undefined;
  }

  all<Row>(name: StatementName, ...params: Params): Row[] {
    // An array of this realm: the addon's own is a stranger to `instanceof` and deep equality under Jest.
    return Array.from(this.prepared(name).all(...usedBy(name, params)) as Row[]);
  }

  /**
   * Runs `work` as the directory's only writer. The lock is SQLite's own. It is taken at the beginning, since a transaction that
   * reads first and takes it later fails at once under contention, and the kernel releases it when its holder dies.
   */
  write<T>(work: () => T): T {
    if (this.depth > 0) return work();
    this.db.exec(SQL.begin);
    this.depth += 1;
    try {
      this.hooks?.afterBegin();
      const result = work();
      this.hooks?.beforeCommit();
      this.db.exec(SQL.commit);
      return result;
    } catch (error) {
      this.rollback();
      this.hooks?.afterRollback();
      throw error;
    } finally {
      this.depth -= 1;
    }
  }

  /** Rewrites the file without gaps between its rows. The copy is made in a file too, as it may be large. */
  rewrite(): void {
    this.db.exec(SQL.copyInFile);
    try {
      this.db.exec(SQL.rewrite);
    } finally {
      this.db.exec(SQL.copyInMemory);
    }
  }

  /**
   * Descriptor of the database's file, for reading. It stays open as long as the database: when a process closes any
   * descriptor of a file, it loses all locks that SQLite holds on it.
   */
  get rawFile(): number {
    return (this.raw ??= openForReading(this.file));
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.settle();
    this.db.close();
    if (this.raw !== undefined) closeSync(this.raw);
    this.raw = undefined;
  }

  /** Moves the log into the file. SQLite does not do so on closing while prepared statements exist. */
  private settle(): void {
    try {
      this.get('settle');
    } catch {
      // Locked, damaged or read-only: the log stays, and the next connection reads it.
    }
  }

  private rollback(): void {
    try {
      this.db.exec(SQL.rollback);
    } catch {
      // A full disk has rolled it back already.
    }
  }

  private prepared(name: StatementName): SqlStatement {
    let statement = this.statements.get(name);
    if (!statement) {
      statement = this.db.prepare(SQL[name]);
      this.statements.set(name, statement);
    }
    return statement;
  }
}

const NAMES = new Map<StatementName, string[]>();

/** Keeps the named parameters that the statement has: SQLite refuses others, and filters are passed whole. */
function usedBy(name: StatementName, params: Params): Params {
  const [first] = params;
  if (typeof first !== 'object' || first === null || first instanceof Uint8Array) return params;
  let names = NAMES.get(name);
  if (!names) {
    names = [...new Set(Array.from(SQL[name].matchAll(/:([a-zA-Z]+)/g), (match) => match[1]!))];
    NAMES.set(name, names);
  }
  return [Object.fromEntries(names.map((each) => [each, first[each] ?? null]))];
}
