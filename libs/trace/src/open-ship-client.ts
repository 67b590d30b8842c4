import type { PriceTable } from './model/price.js';
import type { SelfInstance } from './shared/shared-store.js';
import type { SharedRetention } from './shared/ship-target.js';
import type { Shipper } from './shared/shipper.js';
import { unavailableShipper } from './shared/unavailable.js';
import type { LocalJournal } from './store/embedded/embedded-store.js';
import type { ResolvedShared } from './store/storage.options.js';

export interface ShipClientParts {
  dir: string;
  shared: ResolvedShared;
  self: SelfInstance;
  retention: SharedRetention;
  prices: PriceTable | undefined;
  local: LocalJournal;
}

/** Starts the thread that ships this directory. */
export function openShipClient(_parts: ShipClientParts): Shipper {
  return unavailableShipper('not built yet');
}
