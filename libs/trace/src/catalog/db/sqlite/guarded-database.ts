import type { TerminationGuard } from './termination-guard.js';
import type { SqlDatabase, SqlStatement, SqlValue } from './sql-database.js';

/** A database whose every call passes a gate. */
export class GuardedDatabase implements SqlDatabase {
  private readonly db: SqlDatabase;

  constructor(
    private readonly gate: TerminationGuard,
    open: () => SqlDatabase,
  ) {
    this.db = within(gate, open);
  }

  exec(sql: string): void {
    within(this.gate, () => this.db.exec(sql));
  }

  prepare(sql: string): SqlStatement {
    return new GuardedStatement(
      this.gate,
      within(this.gate, () => this.db.prepare(sql)),
    );
  }

  function(
    name: string,
    options: { deterministic: true; varargs: true },
    body: (...args: unknown[]) => SqlValue,
  ): void {
    within(this.gate, () => this.db.function(name, options, body));
  }

  close(): void {
    within(this.gate, () => this.db.close());
  }
}

class GuardedStatement implements SqlStatement {
  constructor(
    private readonly gate: TerminationGuard,
    private readonly statement: SqlStatement,
  ) {}

  run(...params: unknown[]): ReturnType<SqlStatement['run']> {
    return within(this.gate, () => this.statement.run(...params));
  }

  get(...params: unknown[]): unknown {
    return within(this.gate, () => this.statement.get(...params));
  }

  all(...params: unknown[]): unknown[] {
    return within(this.gate, () => this.statement.all(...params));
  }
}

function within<T>(gate: TerminationGuard, call: () => T): T {
  gate.enter();
  try {
    return call();
  } finally {
    gate.leave();
  }
}
