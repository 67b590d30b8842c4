import type { TraceAdmin } from '../../store/port.js';
import type { Database } from '../connection/database.js';

/** Pins, clears and erases. */
export class PostgresAdmin implements TraceAdmin {
  constructor(readonly db: Database) {}

  pin(_traceId: string, _pinned: boolean): Promise<boolean> {
    throw new Error('not built yet');
  }

  clear(_options: { keepErrors: boolean }): Promise<{ removed: number }> {
    throw new Error('not built yet');
  }

  erase(_contactId: string): Promise<{ removed: number; pending: number }> {
    throw new Error('not built yet');
  }
}
