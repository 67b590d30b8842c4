import type { PendingErasure } from '../../shared/ship-target.js';
import type { Sql } from '../connection/database.js';

/** Erasures that a source has not acknowledged, the oldest first. */
export async function pendingErasures(_sql: Sql, _writer: string): Promise<PendingErasure[]> {
  throw new Error('not built yet');
}

/** A source's directory has nothing of these contacts any more. */
export async function acknowledgeErasures(_sql: Sql, _writer: string, _ids: readonly number[]): Promise<void> {
  throw new Error('not built yet');
}
