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
import { isBadValue, isMissingDay, isMissingTable } from '../connection/pg-error.js';
import { pgText } from '../connection/pg-text.js';
import { HEAD_COLUMNS, shippedTraceOf, type HeadRow } from '../heads/head-row.js';
import { ensureSchema } from '../schema/migrate.js';
import { ensureDays, forgetDays } from '../schema/partitions.js';
import { readVersion, refusal } from '../schema/versions.js';
import { markStale } from '../stats/stale.js';
import { addEachTrace, addRows, type AddRows } from './add-rows.js';
import { insertBatch } from './chunk-statements.js';
import { BEAT, beatValues, MOVE, REGISTER, registerValues, type Moved } from './source-statements.js';

const TRACES = `SELECT ${HEAD_COLUMNS} FROM nestjs_traces.heads h WHERE h.key = ANY($1::text[])`;

/** Once as it is, once with new partitions, and once without what is refused. */
const TRIES = 3;

/** PostgreSQL as the place that takes records. */
export class PostgresShipTarget implements ShipTarget {
  /** Records that the database refused, by writer. */
  private readonly leftOut = new Map<string, number>();

  constructor(readonly db: Database) {}

  open(source: ShipSource): Promise<Checkpoint> {
    return this.withTables(async () => (await this.db.rows<Checkpoint>(REGISTER, registerValues(source)))[0]!);
  }

  traces(keys: readonly TraceKey[]): Promise<ShippedTrace[]> {
    if (keys.length === 0) return Promise.resolve([]);
    return this.withTables(async () => (await this.db.rows<HeadRow>(TRACES, [keys.map(pgText)])).map(shippedTraceOf));
  }

  ship(batch: ShipBatch): Promise<'taken' | 'fenced'> {
    return this.withTables(async () => {
      const times = [
        ...batch.chunks.map(({ startedAt }) => startedAt),
        ...batch.traces.map(({ head }) => head.startedAt),
      ];
      let add: AddRows = addRows;
      for (let tries = 1; ; tries += 1) {
        await ensureDays(this.db, times);
        try {
          return await this.store(batch, add);
        } catch (error) {
          if (tries === TRIES) throw error;
          if (isMissingDay(error)) forgetDays(this.db);
          else if (isBadValue(error)) add = this.addEach;
          else throw error;
        }
      }
    });
  }

  beat(source: ShipSource, pulse: ShipPulse, closed = false): Promise<void> {
    return this.withTables(async () => {
      const refused = this.leftOut.get(source.writer) ?? 0;
      const dropped = refused === 0 ? pulse.dropped : { ...pulse.dropped, refused_by_store: refused };
      await this.db.run(BEAT, beatValues(source, { ...pulse, dropped }, closed));
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
  private async store({ source, from, to, chunks, traces }: ShipBatch, add: AddRows): Promise<'taken' | 'fenced'> {
    const keys = new Set([...chunks.map(({ key }) => pgText(key)), ...traces.map(({ head }) => pgText(head.key))]);
    const { writer, isOwn } = source;
    const store = async (sql: Sql): Promise<'taken' | 'fenced'> => {
      const position = [from.segment, from.offset, to.segment, to.offset];
      const [moved] = await sql.rows<Moved>(MOVE, [writer, ...position, isOwn, [...keys]]);
      if (!moved) return this.refused(sql);
      const erased = new Set(moved.erased);
      const rows = {
        chunks: chunks.filter(({ key }) => !erased.has(key)),
        traces: traces.filter(({ head }) => !erased.has(head.key)),
      };
      await add(sql, rows, { ...moved, writer, isLive: isOwn });
      await insertBatch(sql, rows.chunks, moved);
      // The last statement: it locks rows that all sources share.
      await markStale(
        sql,
        rows.traces.map(({ head }) => head.startedAt),
      );
      return 'taken';
    };
    return this.db.transaction(store, { first: LOCK.ship });
  }

  /** Why no position moved. @throws TraceCollectorError `SCHEMA_NEWER`: the tables were migrated by a newer program */
  private async refused(sql: Sql): Promise<'fenced'> {
    const refused = refusal(await readVersion(sql), 'write', this.db.target);
    if (!refused) return 'fenced';
    this.db.checked.clear();
    throw refused;
  }

  /** One value that PostgreSQL refuses must not stop all that come after it: the trace that has it is left out, and counted. */
  private readonly addEach: AddRows = async (sql, { chunks, traces }, moved) => {
    const refused = await addEachTrace(sql, { chunks, traces }, moved);
    this.leftOut.set(moved.writer, (this.leftOut.get(moved.writer) ?? 0) + refused);
  };

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
