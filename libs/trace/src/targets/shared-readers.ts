import { PostgresStore } from '../postgres/postgres-store.js';
import type { TraceStore } from '../store/port.js';
import type { SharedTarget } from '../store/shared-target.js';

/** Reads the database of a target. It connects at the first question. */
export function openSharedReader(target: SharedTarget): TraceStore {
  if (target.kind === 'postgres') return new PostgresStore(target);
  throw new Error('not built yet');
}
