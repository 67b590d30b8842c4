import { ClickHouseStore } from '../clickhouse/clickhouse-store.js';
import { PostgresStore } from '../postgres/postgres-store.js';
import type { TraceStore } from '../store/port.js';
import type { SharedTarget } from '../store/shared-target.js';

/** Reads the database of a target. It connects at the first question. */
export function openSharedReader(target: SharedTarget): TraceStore {
  return target.kind === 'postgres' ? new PostgresStore(target) : new ClickHouseStore(target);
}
