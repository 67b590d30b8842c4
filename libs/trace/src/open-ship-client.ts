import type { PriceTable } from './model/price.js';
import { ShipClient } from './ship-worker/client.js';
import type { SharedRetention } from './shared/ship-target.js';
import type { Shipper } from './shared/shipper.js';
import type { LocalJournal } from './store/embedded/embedded-store.js';
import type { ResolvedShared } from './store/storage.options.js';

export interface ShipClientParts {
  dir: string;
  shared: ResolvedShared;
  retention: SharedRetention;
  prices: PriceTable | undefined;
  local: LocalJournal;
}

/** Starts the thread that ships this directory. */
export function openShipClient({ dir, shared, retention, prices, local }: ShipClientParts): Shipper {
  const { target, instance, service, spoolBytes } = shared;
  const { writer } = local;
  return new ShipClient({ dir, target, instance, service, spoolBytes, prices, retention, writer });
}
