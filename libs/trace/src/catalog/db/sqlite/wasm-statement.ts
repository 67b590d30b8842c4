import type { SqlRow, SqlStatement } from './sql-database.js';
import { readValue, type WasmMemory } from './wasm-memory.js';

const ROW = 100;
const DONE = 101;
/** SQLite copies a bound value before the call returns. */
const COPY = -1;
const INT32 = 2 ** 31;

export type Check = (code: number) => void;

/** A prepared statement. After each use it is reset: a statement left in the middle would keep its transaction open. */
export class WasmStatement implements SqlStatement {
  private readonly names = new Map<string, number>();
  private columns: string[] | undefined;

  /** @param check throws SQLite's error for any code but 0 */
  constructor(
    private readonly memory: WasmMemory,
    private readonly db: number,
    private readonly pointer: number,
    private readonly check: Check,
  ) {}

  run(...params: unknown[]): { lastInsertRowid: number; changes: number } {
    const { call } = this.memory.runtime;
    this.walk(params, () => true);
    return { lastInsertRowid: Number(call['last_insert_rowid']!(this.db)), changes: call['changes']!(this.db) };
  }

  get(...params: unknown[]): SqlRow | undefined {
    let found: SqlRow | undefined;
    this.walk(params, () => {
      found = this.row();
      return false;
    });
    return found;
  }

  all(...params: unknown[]): SqlRow[] {
    const rows: SqlRow[] = [];
    this.walk(params, () => rows.push(this.row()) > 0);
    return rows;
  }

  /** Calls `each` at every row, until it returns false. */
  private walk(params: unknown[], each: () => boolean): void {
    const { call } = this.memory.runtime;
    try {
      this.bindAll(params);
      for (;;) {
        const code = call['step']!(this.pointer);
        if (code === DONE) return;
        if (code !== ROW) return this.check(code);
        if (!each()) return;
      }
    } finally {
      call['reset']!(this.pointer);
      call['clear_bindings']!(this.pointer);
    }
  }

  private row(): SqlRow {
    const row: SqlRow = {};
    const columns = (this.columns ??= this.columnNames());
    for (let at = 0; at < columns.length; at += 1) {
      row[columns[at]!] = readValue(this.memory, 'column', this.pointer, at);
    }
    return row;
  }

  private columnNames(): string[] {
    const { call } = this.memory.runtime;
    const count = call['column_count']!(this.pointer);
    return Array.from({ length: count }, (_, at) => this.memory.message(call['column_name']!(this.pointer, at)));
  }

  private bindAll(params: unknown[]): void {
    const [first] = params;
    if (typeof first !== 'object' || first === null || ArrayBuffer.isView(first)) {
      for (let at = 0; at < params.length; at += 1) this.bind(at + 1, params[at]);
      return;
    }
    for (const [name, value] of Object.entries(first)) this.bind(this.place(name), value);
  }

  private place(name: string): number {
    let place = this.names.get(name);
    if (place === undefined) {
      place = this.memory.runtime.call['bind_parameter_index']!(this.pointer, this.memory.putText(`:${name}`));
      if (place === 0) throw new TypeError(`The statement has no parameter :${name}.`);
      this.names.set(name, place);
    }
    return place;
  }

  private bind(at: number, value: unknown): void {
    const { call } = this.memory.runtime;
    const { pointer } = this;
    if (value === null) this.check(call['bind_null']!(pointer, at));
    else if (typeof value === 'number') this.check(this.bindNumber(at, value));
    else if (typeof value === 'bigint') this.check(call['bind_int64']!(pointer, at, value));
    else if (typeof value === 'string') {
      const bytes = Buffer.from(value);
      this.check(call['bind_text']!(pointer, at, this.memory.put(bytes), bytes.length, COPY));
    } else if (ArrayBuffer.isView(value)) {
      const bytes = value as Uint8Array;
      this.check(call['bind_blob']!(pointer, at, this.memory.put(bytes), bytes.length, COPY));
    } else throw new TypeError(`A value of type ${typeof value} cannot be bound to parameter ${at}.`);
  }

  /** An integer stays one: bound as a double, a division of microseconds in SQL would have a fraction. */
  private bindNumber(at: number, value: number): number {
    const { call } = this.memory.runtime;
    if (!Number.isSafeInteger(value)) return call['bind_double']!(this.pointer, at, value);
    if (value >= -INT32 && value < INT32) return call['bind_int']!(this.pointer, at, value);
    return call['bind_int64']!(this.pointer, at, BigInt(value));
  }
}
