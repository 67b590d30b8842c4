import { FAILED_STATUSES } from '../../model/status.js';
import type { Micros } from '../../model/record.js';
import type { Database } from '../connection/database.js';

/** A day (UTC) of the tables `heads` and `chunks`: one partition of each. */
export interface Day {
  /** Begin and end, in microseconds; the end does not belong to it. */
  readonly from: Micros;
  readonly to: Micros;
  /** Names of the partitions; absent: there is none. */
  readonly heads?: string;
  readonly chunks?: string;
  /** It is the partition `default`, which has what no day's partition takes. Its rows are deleted, it is not rewritten. */
  readonly isRest?: true;
}

interface PartitionRow {
  name: string;
  parent: 'heads' | 'chunks';
  bound: string;
}

/** Bounds come as `FOR VALUES FROM ('1') TO ('2')`. */
const PARTITIONS = `
  SELECT c.relname AS name, p.relname AS parent, pg_get_expr(c.relpartbound, c.oid) AS bound
  FROM pg_inherits i
  JOIN pg_class c ON c.oid = i.inhrelid
  JOIN pg_class p ON p.oid = i.inhparent
  JOIN pg_namespace n ON n.oid = p.relnamespace
  WHERE n.nspname = $1 AND p.relname IN ('heads', 'chunks') AND NOT i.inhdetachpending`;
const REST: Pick<Day, 'from' | 'to' | 'isRest'> = { from: 0, to: Number.MAX_SAFE_INTEGER, isRest: true };
const BOUNDS = /FROM \('?(\d+)'?\) TO \('?(\d+)'?\)/;

/** Days that have partitions, the oldest first, and then what has no day. */
export async function listDays(db: Database): Promise<Day[]> {
  const days = new Map<string, { -readonly [K in keyof Day]: Day[K] }>();
  for (const { name, parent, bound } of await db.rows<PartitionRow>(PARTITIONS, [db.target.schema])) {
    const [, from, to] = BOUNDS.exec(bound) ?? [];
    const day = days.get(bound) ?? (from === undefined ? { ...REST } : { from: Number(from), to: Number(to) });
    day[parent] = name;
    days.set(bound, day);
  }
  return [...days.values()].toSorted((a, b) => a.to - b.to);
}

/** Bytes of these days with their indexes. */
export async function bytesOf(db: Database, days: readonly Day[]): Promise<number[]> {
  const names = days.flatMap(({ heads, chunks }) => [heads, chunks]).filter((name) => name !== undefined);
  const rows = await db.rows<{ name: string; bytes: number }>(
    `SELECT c.relname AS name, pg_total_relation_size(c.oid) AS bytes
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = ANY ($2)`,
    [db.target.schema, names],
  );
  const sizes = new Map(rows.map(({ name, bytes }) => [name, bytes]));
  return days.map(({ heads = '', chunks = '' }) => (sizes.get(heads) ?? 0) + (sizes.get(chunks) ?? 0));
}

/** A table of ours by the name that it has now, for a statement. */
export function table(name: string): string {
  return `nestjs_traces."${name}"`;
}

const FAILED = FAILED_STATUSES.map((status) => `'${status}'`).join(', ');

/**
 * Conditions on a row of `heads h`, for traces that stay. They have no parameters, so that they can be put together; the
 * numbers in them are ours.
 */
export const KEEP = {
  all: 'true',
  /** Pinned by a user, or running. */
  held: `(h.pinned OR h.status = 'active')`,
  failing: `(h.errors > 0 OR h.status IN (${FAILED}))`,
  since: (at: Micros): string => `h.started_us >= ${Math.ceil(at)}`,
  any: (...conditions: string[]): string => `(${conditions.join(' OR ')})`,
  both: (...conditions: string[]): string => `(${conditions.join(' AND ')})`,
};
