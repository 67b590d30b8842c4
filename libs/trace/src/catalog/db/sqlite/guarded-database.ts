import type { TerminationGuard } from './termination-guard.js';
import type { SqlDatabase, SqlStatement, SqlValue } from './sql-database.js';

/** A database whose calls are made within a `TerminationGuard`. */
export class GuardedDatabase implements SqlDatabase {
  private readonly db: SqlDatabase;

  constructor(
    private readonly guard: TerminationGuard,
    open: () => SqlDatabase,
  ) {
    this.db = within(guard, open);
  }

  exec(sql: string): void {
    within(this.guard, () => this.db.exec(sql));
  }

  prepare(sql: string): SqlStatement {
    return new GuardedStatement(
      this.guard,
      within(this.guard, () => this.db.prepare(sql)),
    );
  }

  function(
    name: string,
    options: { deterministic: true; varargs: true },
    body: (...args: unknown[]) => SqlValue,
  ): void {
    within(this.guard, () => this.db.function(name, options, body));
  }

  close(): void {
    within(this.guard, () => this.db.close());
  }
}

class GuardedStatement implements SqlStatement {
  constructor(
    private readonly guard: TerminationGuard,
    private readonly statement: SqlStatement,
  ) {}

  run(...params: unknown[]): ReturnType<SqlStatement['run']> {
    return within(this.guard, () => this.statement.run(...params));
  }

  get(...params: unknown[]): unknown {
    return within(this.guard, () => this.statement.get(...params));
  }

  all(...params: unknown[]): unknown[] {
    return within(this.guard, () => this.statement.all(...params));
  }
}

function within<T>(guard: TerminationGuard, call: () => T): T {
  guard.enter();
  try {
    return call();
  } finally {
    guard.leave();
  }
}
