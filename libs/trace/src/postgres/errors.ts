import type { ErrorMark } from '../model/error-mark.js';
import type { TraceErrors } from '../store/port.js';
import type { Database } from './connection/database.js';
import { isRefused } from './connection/pg-error.js';
import { pgText } from './connection/pg-text.js';
import { ensureSchema } from './schema/migrate.js';

const MARKS = 'SELECT fingerprint, state, at_us AS at FROM nestjs_traces.error_states';
const MARK = `
  INSERT INTO nestjs_traces.error_states (fingerprint, state, at_us) VALUES ($1, $2, $3)
  ON CONFLICT (fingerprint) DO UPDATE SET state = excluded.state, at_us = excluded.at_us`;
const REOPEN = 'DELETE FROM nestjs_traces.error_states WHERE fingerprint = $1';

/** States of error groups, which all instances share. */
export class PostgresErrors implements TraceErrors {
  constructor(readonly db: Database) {}

  async marks(): Promise<ErrorMark[]> {
    await ensureSchema(this.db, 'read');
    try {
      return await this.db.rows<ErrorMark>(MARKS);
    } catch (error) {
      // The table is newer than the rights that an administrator granted to this user: the groups are still listed.
      if (isRefused(error)) return [];
      throw error;
    }
  }

  async mark(fingerprint: string, state: ErrorMark['state'] | 'open', at: number): Promise<void> {
    await ensureSchema(this.db, 'write');
    if (state === 'open') await this.db.run(REOPEN, [pgText(fingerprint)]);
    else await this.db.run(MARK, [pgText(fingerprint), state, at]);
  }
}
