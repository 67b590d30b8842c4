/**
 * Advisory locks, held until the end of a transaction: so they work through pgbouncer. The first number is ours, the second
 * belongs to the schema, so that two schemas of one database do not wait for each other.
 */
const lock = (kind: number): string => `(${0x7ace_00 + kind}, hashtext('nestjs_traces.'))`;

/** Statements that wait for a lock. They have no parameters, so they can be `first` in a transaction. */
export const LOCK = {
  /** One process at a time creates and migrates tables. */
  migrate: `SELECT pg_advisory_xact_lock${lock(1)};`,
  /** One process at a time creates partitions. */
  days: `SELECT pg_advisory_xact_lock${lock(2)};`,
  /** Shared by all that store records: an erasure that has `erase` sees all of them, or they see its row in `erased_traces`. */
  ship: `SELECT pg_advisory_xact_lock_shared${lock(3)};`,
  erase: `SELECT pg_advisory_xact_lock${lock(3)};`,
} as const;
