import { TraceCollectorError } from '../model/errors.js';
import type { StoreCapability, TraceStore } from '../store/port.js';

/** What needs a capability, as a sentence. */
const NEEDED_FOR = {
  stats: 'Totals and statistics need it.',
  feed: 'Live updates need it.',
  search: 'Text search needs it.',
  admin: 'Pin, clear and erase need it.',
  sorts: 'Another order than the newest first needs it: leave `sort` out.',
  errors: 'Traces by error group, and states of the groups, need it.',
  instances: 'It has the traces of one instance: leave `instance` out.',
} as const satisfies Partial<Record<StoreCapability, string>>;

type Needed = keyof typeof NEEDED_FOR;

/** A capability of the store. Throws `NOT_SUPPORTED` when it has not got it. */
export function capability<K extends Exclude<Needed, 'search' | 'instances' | 'sorts'>>(
  store: Pick<TraceStore, K>,
  name: K,
): NonNullable<TraceStore[K]> {
  const found = store[name];
  if (!found) throw notSupported(name);
  return found;
}

export function notSupported(name: Needed): TraceCollectorError {
  return new TraceCollectorError(
    'NOT_SUPPORTED',
    `The store of this application has no \`${name}\`. ${NEEDED_FOR[name]}`,
  );
}

/** Names of the capabilities that the store has not got. */
export function missingCapabilities(store: TraceStore): StoreCapability[] {
  return (['stats', 'feed', 'search', 'baseline', 'admin'] as const).filter((name) => !store[name]);
}
