import type { TraceKey } from '../../model/record.js';
import type { Checkpoint } from '../../pipeline/checkpoints.js';
import type {
  PendingErasure,
  SharedRetention,
  ShipBatch,
  ShippedTrace,
  ShipPulse,
  ShipSource,
  ShipTarget,
} from '../../shared/ship-target.js';
import { acknowledgeErasures, pendingErasures } from '../admin/erasures.js';
import { maintain } from '../admin/maintenance.js';
import type { ClickHouse } from '../connection/click-house.js';
import { FOLDED_COLUMNS, HEAD_COLUMNS, rowOf, shippedTraceOf, type FoldedRow } from '../heads/head-row.js';
import { ensureSchema } from '../schema/migrate.js';
import { batchRow, chunkRow } from './batch-rows.js';
import { openersOf } from './openers.js';
import { isAt, positionOf } from './positions.js';

const TRACES = `
SELECT ${HEAD_COLUMNS}, ${FOLDED_COLUMNS} FROM nestjs_traces.heads
WHERE key IN {keys:Array(String)} ORDER BY key, edition DESC`;
const IS_REGISTERED = `SELECT count() AS n FROM nestjs_traces.sources WHERE writer = {writer:String}`;

/**
 * ClickHouse as the place that takes records. It has no transactions, so records are stored at least once: first the records and
 * their traces, then the position behind them. Whatever a crash leaves out is shipped again, and readers take each record
 * once, by its number in its process.
 */
export class ClickHouseShipTarget implements ShipTarget {
  constructor(readonly db: ClickHouse) {}

  async open(source: ShipSource): Promise<Checkpoint> {
    await ensureSchema(this.db, 'write');
    const { writer } = source;
    const [registered] = await this.db.rows<{ n: number }>(IS_REGISTERED, { writer });
    if (registered!.n === 0) {
      const { instance, service = null, host, pid, version: program } = source;
      await this.db.insert('sources', [{ writer, instance, service, host, pid, program }]);
    }
    const position = await positionOf(this.db, writer);
    return { segment: position?.segment ?? 0, offset: position?.pos ?? 0 };
  }

  async traces(keys: readonly TraceKey[]): Promise<ShippedTrace[]> {
    if (keys.length === 0) return [];
    await ensureSchema(this.db, 'write');
    const found = new Map<TraceKey, ShippedTrace>();
    for (const row of await this.db.rows<FoldedRow>(TRACES, { keys })) {
      if (!found.has(row.key)) found.set(row.key, shippedTraceOf(row));
    }
    return [...found.values()];
  }

  async ship(batch: ShipBatch): Promise<'taken' | 'fenced'> {
    const { db } = this;
    const { writer, isOwn } = batch.source;
    await ensureSchema(db, 'write');
    const position = await positionOf(db, writer);
    if (!isAt(position, batch.from)) return 'fenced';
    const chunks = batch.chunks.map((chunk) => chunkRow(chunk, writer));
    const openers = await openersOf(db, batch.traces, writer);
    const heads = batch.traces.map((trace) => rowOf(trace, openers.get(trace.head.key) ?? writer));
    const feed = batchRow(chunks, writer);
    await Promise.all([
      db.insert('chunks', chunks),
      db.insert('heads', heads),
      db.insert('batches', feed ? [feed] : []),
    ]);
    const last_seq = chunks.reduce((last, chunk) => Math.max(last, chunk.last_seq), position?.last_seq ?? 0);
    const { segment, offset: pos } = batch.to;
    await db.insert('positions', [{ source: writer, segment, pos, last_seq, own: isOwn ? 1 : 0 }]);
    return 'taken';
  }

  async beat({ writer }: ShipSource, { lagBytes, lostBytes, dropped }: ShipPulse, closed = false): Promise<void> {
    await ensureSchema(this.db, 'write');
    const row = { writer, closed: closed ? 1 : 0, lag_bytes: lagBytes, lost_bytes: lostBytes };
    await this.db.insert('beats', [{ ...row, dropped: JSON.stringify(dropped) }]);
  }

  async erasures({ writer }: ShipSource): Promise<PendingErasure[]> {
    await ensureSchema(this.db, 'write');
    return pendingErasures(this.db, writer);
  }

  async acknowledge({ writer }: ShipSource, ids: readonly number[]): Promise<void> {
    await ensureSchema(this.db, 'write');
    return acknowledgeErasures(this.db, writer, ids);
  }

  async maintain(limits: SharedRetention): Promise<void> {
    await ensureSchema(this.db, 'write');
    return maintain(this.db, limits);
  }

  close(): Promise<void> {
    return this.db.close();
  }
}
