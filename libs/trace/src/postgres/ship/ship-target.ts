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
import type { Database, Sql } from '../connection/database.js';
import { LOCK } from '../connection/locks.js';
import { isMissingDay, isMissingTable } from '../connection/pg-error.js';
import { HEAD_COLUMNS, shippedTraceOf, type HeadRow } from '../heads/head-row.js';
import { upsertHeads } from '../heads/upsert-heads.js';
import { ensureSchema } from '../schema/migrate.js';
import { ensureDays, forgetDays } from '../schema/partitions.js';
import { readVersion, refusal } from '../schema/versions.js';
import { markStale } from '../stats/stale.js';
import { insertBatch, insertChunks } from './chunk-statements.js';
import { BEAT, beatValues, MOVE, REGISTER, registerValues, type Moved } from './source-statements.js';

const TRACES = `SELECT ${HEAD_COLUMNS} FROM nestjs_traces.heads h WHERE h.key = ANY($1::text[])`;

/** PostgreSQL as the place that takes records. */
export class PostgresShipTarget implements ShipTarget {
  constructor(readonly db: Database) {}

  open(source: ShipSource): Promise<Checkpoint> {
    return this.withTables(async () => (await this.db.rows<Checkpoint>(REGISTER, registerValues(source)))[0]!);
  }

  traces(keys: readonly TraceKey[]): Promise<ShippedTrace[]> {
    if (keys.length === 0) return Promise.resolve([]);
    return this.withTables(async () => (await this.db.rows<HeadRow>(TRACES, [keys])).map(shippedTraceOf));
  }

  ship(batch: ShipBatch): Promise<'taken' | 'fenced'> {
    return this.withTables(async () => {
      const times = [
        ...batch.chunks.map(({ startedAt }) => startedAt),
        ...batch.traces.map(({ head }) => head.startedAt),
      ];
      for (let again = false; ; again = true) {
        await ensureDays(this.db, times);
        try {
          return await this.store(batch);
        } catch (error) {
          if (again || !isMissingDay(error)) throw error;
          // Retention took the partition away.
          forgetDays(this.db);
        }
      }
    });
  }

  beat(source: ShipSource, pulse: ShipPulse, closed = false): Promise<void> {
    return this.withTables(async () => {
      await this.db.run(BEAT, beatValues(source, pulse, closed));
    });
  }

  erasures(source: ShipSource): Promise<PendingErasure[]> {
    return this.withTables(() => pendingErasures(this.db, source.writer));
  }

  acknowledge(source: ShipSource, ids: readonly number[]): Promise<void> {
    return this.withTables(() => acknowledgeErasures(this.db, source.writer, ids));
  }

  maintain(limits: SharedRetention): Promise<void> {
    return this.withTables(() => maintain(this.db, limits));
  }

  close(): Promise<void> {
    return this.db.close();
  }

  /** A lost answer to `COMMIT` leaves open whether it was stored: the position, which `open` returns, decides. */
  private async store({ source, from, to, chunks, traces }: ShipBatch): Promise<'taken' | 'fenced'> {
    const keys = [...new Set([...chunks.map(({ key }) => key), ...traces.map(({ head }) => head.key)])];
    const { writer, isOwn } = source;
    return this.db.transaction(
      async (sql) => {
        const position = [from.segment, from.offset, to.segment, to.offset];
        const [moved] = await sql.rows<Moved>(MOVE, [writer, ...position, isOwn, keys]);
        if (!moved) return this.refused(sql);
        const erased = new Set(moved.erased);
        const kept = erased.size === 0 ? chunks : chunks.filter(({ key }) => !erased.has(key));
        const heads = erased.size === 0 ? traces : traces.filter(({ head }) => !erased.has(head.key));
        await insertChunks(sql, kept, moved.source, moved.batch);
        await insertBatch(sql, kept, moved.source, moved.batch);
        await upsertHeads(sql, heads, { id: moved.source, writer, isLive: isOwn });
        if (heads.length > 0)
          await markStale(
            sql,
            heads.map(({ head }) => head.startedAt),
          );
        return 'taken';
      },
      { first: LOCK.ship },
    );
  }

  /** Why no position moved. @throws TraceCollectorError `SCHEMA_NEWER`: the tables were migrated by a newer program */
  private async refused(sql: Sql): Promise<'fenced'> {
    const refused = refusal(await readVersion(sql), 'write', this.db.target);
    if (!refused) return 'fenced';
    this.db.checked.clear();
    throw refused;
  }

  /** Runs again where the tables were removed meanwhile and this program may create them. */
  private async withTables<T>(work: () => Promise<T>): Promise<T> {
    await ensureSchema(this.db, 'write');
    try {
      return await work();
    } catch (error) {
      if (!isMissingTable(error)) throw error;
      forgetDays(this.db);
      await ensureSchema(this.db, 'write');
      return work();
    }
  }
}
