import type { JournalPosition } from '../journal/write/writer.js';
import type { PriceTable } from '../model/price.js';
import type { RecordWriter } from '../pipeline/record-consumer.js';
import type { InstanceName } from '../shared/ship/source-of.js';
import type { ShippingReport } from '../shared/ship/shipping.js';
import type { PendingErasure, SharedRetention } from '../shared/ship-target.js';
import type { SharedTarget } from '../store/shared-target.js';
import type { DriverPlace } from '../targets/drivers.js';

/** What is shipped, and where to. Plain data. */
export interface ShipStart extends InstanceName {
  /** The traces' directory. */
  dir: string;
  target: SharedTarget;
  /** Where the application has the package that connects to the database: only the main thread can look for it. */
  driver: DriverPlace | undefined;
  /** Bytes that wait at most for the shared store. */
  spoolBytes?: number;
  /** The application's own prices of models. */
  prices?: PriceTable;
  /** How long the shared store keeps traces. */
  retention: SharedRetention;
}

/** Messages to the thread that ships. */
export type ToShipping =
  /** The process runs, and has recorded nothing. */
  | { type: 'start' }
  /** The process has recorded up to here. */
  | {
      type: 'recorded';
      writer: RecordWriter;
      at: JournalPosition | undefined;
      dropped: Readonly<Record<string, number>>;
    }
  /** The directory has nothing of the contact any more; with `error` it may have. */
  | { type: 'erased'; id: number; error?: string }
  | { type: 'close'; withinMs: number };

/** Messages from the thread that ships. */
export type FromShipping =
  { type: 'report'; report: ShippingReport } | { type: 'erase'; erasure: PendingErasure } | { type: 'closed' };
