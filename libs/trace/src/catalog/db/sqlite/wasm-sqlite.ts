import type { SqlDatabase, SqlStatement, SqlValue } from './sql-database.js';
import { readValue, WasmMemory } from './wasm-memory.js';
import { mountFile, type DatabaseFile } from './wasm-files.js';
import { wasmRuntime } from './wasm-runtime.js';
import { WasmStatement } from './wasm-statement.js';

const OPEN_READ_WRITE = 2;
const OPEN_READ_WRITE_CREATE = 2 | 4;
const UTF8_DETERMINISTIC = 1 | 2048;
const ANY_NUMBER_OF_ARGUMENTS = -1;
const POINTER_BYTES = 4;
const COPY = -1;

/**
 * Bytes that a database may take: a worker's `resourceLimits` do not count the memory of WASM, whose own end is 2 GiB.
 * 100,000 traces take about 56 MB, beside 17 MB that it begins with (measured with traces of 4.6 KB in 15 records).
 */
export const MAX_MEMORY_BYTES = 512 * 1024 * 1024;
const PAGE_BYTES = 4_096;

/**
 * A database of SQLite compiled to WASM, behind the interface of `node:sqlite`: in memory, or in a `DatabaseFile` that no
 * other connection has. This build has no memory that processes share, which WAL needs, and its own lock stays when the
 * process that holds it is killed.
 */
export class WasmDatabase implements SqlDatabase {
  private readonly memory: WasmMemory;
  private readonly pointer: number;
  private readonly statements: number[] = [];
  private readonly functions: number[] = [];

  private readonly mounted: { path: string; remove(): void } | undefined;

  /**
   * @param code what `wasmCode()` returns
   * @param file default: the database is in memory
   */
  constructor(code: string, maxBytes = MAX_MEMORY_BYTES, file?: DatabaseFile) {
    this.memory = new WasmMemory(wasmRuntime(code));
    this.mounted = file && mountFile(file);
    const path = this.mounted?.path ?? ':memory:';
    const flags = file ? OPEN_READ_WRITE : OPEN_READ_WRITE_CREATE;
    this.pointer = this.out((place) => this.call('open_v2', this.text(path), place, flags, 0));
    if (!file) this.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / PAGE_BYTES)}`);
  }

  exec(sql: string): void {
    this.check(this.call('exec', this.pointer, this.text(sql), 0, 0, 0));
  }

  prepare(sql: string): SqlStatement {
    const statement = this.out((place) => this.call('prepare_v2', this.pointer, this.text(sql), -1, place, 0));
    this.statements.push(statement);
    return new WasmStatement(this.memory, this.pointer, statement, this.check);
  }

  function(
    name: string,
    _options: { deterministic: true; varargs: true },
    body: (...args: unknown[]) => SqlValue,
  ): void {
    const { runtime } = this.memory;
    const called = (context: number, count: number, values: number): void => {
      try {
        const args = Array.from({ length: count }, (_, at) =>
          readValue(this.memory, 'value', this.memory.pointerAt(values + at * POINTER_BYTES)),
        );
        this.answer(context, body(...args));
      } catch (error) {
        this.call('result_error', context, this.text((error as Error).message), -1);
      }
    };
    const pointer = runtime.addFunction(called, 'viii');
    this.functions.push(pointer);
    const { text } = this;
    this.check(
      this.call(
        'create_function_v2',
        this.pointer,
        text(name),
        ANY_NUMBER_OF_ARGUMENTS,
        UTF8_DETERMINISTIC,
        0,
        pointer,
        0,
        0,
        0,
      ),
    );
  }

  close(): void {
    for (const statement of this.statements.splice(0)) this.call('finalize', statement);
    this.check(this.call('close_v2', this.pointer));
    for (const pointer of this.functions.splice(0)) this.memory.runtime.removeFunction(pointer);
    this.memory.free();
    this.mounted?.remove();
  }

  private answer(context: number, value: SqlValue): void {
    if (typeof value === 'number') {
      if (Number.isSafeInteger(value)) this.call('result_int64', context, BigInt(value));
      else this.call('result_double', context, value);
    } else if (value === null) this.call('result_null', context);
    else {
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      const name = typeof value === 'string' ? 'result_text' : 'result_blob';
      this.call(name, context, this.memory.put(bytes), bytes.length, COPY);
    }
  }

  private call(name: string, ...args: (number | bigint)[]): number {
    return this.memory.runtime.call[name]!(...args);
  }

  private readonly text = (text: string): number => this.memory.putText(text);

  /** Calls a function that stores a pointer at a place. Returns the pointer. */
  private out(work: (place: number) => number): number {
    const place = this.call('malloc', POINTER_BYTES);
    try {
      this.check(work(place));
      return this.memory.pointerAt(place);
    } finally {
      this.call('free', place);
    }
  }

  /** Throws SQLite's error, with its number as `node:sqlite` gives it. */
  private readonly check = (code: number): void => {
    if (code === 0) return;
    const message = this.pointer ? this.memory.message(this.call('errmsg', this.pointer)) : `SQLite's code ${code}`;
    throw Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode: code });
  };
}
