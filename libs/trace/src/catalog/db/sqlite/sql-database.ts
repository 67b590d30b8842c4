/** A value that can be bound. An absent one is `null`: `undefined` is no SQL value. */
export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

export interface SqlStatement {
  run(...params: unknown[]): { lastInsertRowid: number | bigint; changes: number | bigint };
  get(...params: unknown[]): unknown;
  all(...params: unknown[]): unknown[];
}

/** The part of `DatabaseSync` that is used here; `@types/node` 20 has no `node:sqlite`. */
export interface SqlDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqlStatement;
  function(name: string, options: { deterministic: true; varargs: true }, body: (...args: unknown[]) => SqlValue): void;
  close(): void;
}
