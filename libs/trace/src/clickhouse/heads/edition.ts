import type { ShippedTrace } from '../../shared/ship-target.js';

/** Changes of a row that are no record: up to 3 between two versions of a trace. */
const CHANGES = 4;

/**
 * Which of two rows of a trace counts: the one with more of its records; of the same records, the one that has an end, which
 * another process may have written; then the one that maintenance or an erasure changed.
 */
export function editionOf({ version, head }: ShippedTrace): number {
  return (version * 2 + (head.endedAt === null ? 0 : 1)) * CHANGES;
}

/** SQL: the edition of a changed row. */
export const NEXT_EDITION = `edition + if(edition % ${CHANGES} < ${CHANGES - 1}, 1, 0)`;
