import type { ErrorMark } from '../model/error-mark.js';
import type { TraceErrors } from '../store/port.js';
import { cleanText } from './connection/clean-text.js';
import type { ClickHouse } from './connection/click-house.js';
import { ensureSchema } from './schema/migrate.js';

const MARKS = `
SELECT fingerprint, state, at_us AS at FROM nestjs_traces.error_states FINAL WHERE state != 'open'`;

/** States of error groups, which all instances share. */
export class ClickHouseErrors implements TraceErrors {
  constructor(readonly db: ClickHouse) {}

  async marks(): Promise<ErrorMark[]> {
    await ensureSchema(this.db, 'read');
    return this.db.rows<ErrorMark>(MARKS);
  }

  /** Rows are only added: the one that was stored last counts, whatever the clocks of the instances say. */
  async mark(fingerprint: string, state: ErrorMark['state'] | 'open', at: number): Promise<void> {
    await ensureSchema(this.db, 'write');
    await this.db.insert('error_states', [{ fingerprint: cleanText(fingerprint), state, at_us: at }]);
  }
}
