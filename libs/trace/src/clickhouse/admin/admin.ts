import { FAILED_STATUSES } from '../../model/status.js';
import type { EraseOptions, ErasedContact, TraceAdmin } from '../../store/port.js';
import { cleanText } from '../connection/clean-text.js';
import type { ClickHouse } from '../connection/click-house.js';
import { IS_KEPT, IS_PINNED, SHOWN_STATUS } from '../heads/shown.js';
import { headsWithIds } from '../reading/stored-traces.js';
import { ensureSchema } from '../schema/migrate.js';
import { eraseContact } from './erase-contact.js';

const FAILED = `(${FAILED_STATUSES.map((status) => `'${status}'`).join(', ')})`;
/** Ended traces that are not pinned; with `keepErrors` those without an error. */
const TO_CLEAR = `
FROM (SELECT key, errors, ${SHOWN_STATUS} AS shown FROM nestjs_traces.heads FINAL WHERE ${IS_KEPT} AND NOT (${IS_PINNED}))
WHERE shown != 'active' AND ({keepErrors:UInt8} = 0 OR NOT (errors > 0 OR shown IN ${FAILED}))`;
const COUNT_TO_CLEAR = `SELECT toInt64(count()) AS n ${TO_CLEAR}`;
const CLEAR = `INSERT INTO nestjs_traces.removed (key, erased) SELECT key, 0 ${TO_CLEAR}`;

/**
 * Pins, clears and erases. A removed trace is in no answer any more from now on; maintenance deletes its rows within some
 * minutes, because ClickHouse rewrites whole files for a delete.
 */
export class ClickHouseAdmin implements TraceAdmin {
  constructor(readonly db: ClickHouse) {}

  async pin(traceId: string, pinned: boolean): Promise<boolean> {
    await ensureSchema(this.db, 'write');
    const found = await headsWithIds(this.db, [traceId]);
    const trace = found.find(({ head }) => head.traceId === cleanText(traceId)) ?? found[0];
    if (!trace) return false;
    await this.db.insert('pins', [{ key: trace.head.key, pinned: pinned ? 1 : 0 }]);
    return true;
  }

  async clear({ keepErrors }: { keepErrors: boolean }): Promise<{ removed: number }> {
    await ensureSchema(this.db, 'write');
    const params = { keepErrors: keepErrors ? 1 : 0 };
    const [count] = await this.db.rows<{ n: number }>(COUNT_TO_CLEAR, params);
    if (count!.n > 0) await this.db.run(CLEAR, params);
    return { removed: count!.n };
  }

  async erase(contactId: string, options: EraseOptions = {}): Promise<ErasedContact> {
    await ensureSchema(this.db, 'write');
    return eraseContact(this.db, contactId, options);
  }
}
