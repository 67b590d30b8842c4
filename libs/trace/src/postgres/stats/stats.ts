import type { TraceCounts, TraceSample } from '../../model/trace.js';
import type { TraceStats } from '../../store/port.js';
import type { Database } from '../connection/database.js';

/** Counts and distributions, from the stored sums of hours and days. */
export class PostgresStats implements TraceStats {
  constructor(readonly db: Database) {}

  counts(): Promise<TraceCounts> {
    throw new Error('not built yet');
  }

  sample(_range: { since?: number; until?: number }): Promise<TraceSample> {
    throw new Error('not built yet');
  }
}
