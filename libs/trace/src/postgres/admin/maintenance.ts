import type { SharedRetention } from '../../shared/ship-target.js';
import type { Database } from '../connection/database.js';

/** Does what is due, if no other process does it now. */
export async function maintain(_db: Database, _limits: SharedRetention): Promise<void> {
  throw new Error('not built yet');
}
