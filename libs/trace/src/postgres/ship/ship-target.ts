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
import type { Database } from '../connection/database.js';

/** PostgreSQL as the place that takes records. */
export class PostgresShipTarget implements ShipTarget {
  constructor(readonly db: Database) {}

  open(_source: ShipSource): Promise<Checkpoint> {
    throw new Error('not built yet');
  }

  traces(_keys: readonly TraceKey[]): Promise<ShippedTrace[]> {
    throw new Error('not built yet');
  }

  ship(_batch: ShipBatch): Promise<'taken' | 'fenced'> {
    throw new Error('not built yet');
  }

  beat(_source: ShipSource, _pulse: ShipPulse, _closed?: boolean): Promise<void> {
    throw new Error('not built yet');
  }

  erasures(source: ShipSource): Promise<PendingErasure[]> {
    return pendingErasures(this.db, source.writer);
  }

  acknowledge(source: ShipSource, ids: readonly number[]): Promise<void> {
    return acknowledgeErasures(this.db, source.writer, ids);
  }

  maintain(limits: SharedRetention): Promise<void> {
    return maintain(this.db, limits);
  }

  close(): Promise<void> {
    return this.db.close();
  }
}
