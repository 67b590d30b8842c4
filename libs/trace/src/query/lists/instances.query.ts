import type { InstancesResponse } from '../../contract/responses.js';
import type { StoreInstance } from '../../model/health.js';
import { performance } from '../../model/timers.js';
import type { TraceSearch } from '../../model/trace-search.js';
import type { TraceStore } from '../../store/port.js';
import { instancesResponse } from '../../views/responses/instances.js';
import { notSupported } from '../capabilities.js';
import type { QueryContext } from '../query-context.js';

type Context = Pick<QueryContext, 'store' | 'own' | 'now'>;

/** Throws `NOT_SUPPORTED` for a store of one instance that this process does not record into. */
export async function queryInstances({ store, own, now }: Context): Promise<InstancesResponse> {
  if (store.instances) return instancesResponse(await store.instances());
  if (!own) throw notSupported('instances');
  const [health, counts] = await Promise.all([store.health(), store.stats?.counts()]);
  const self: StoreInstance = {
    ...own,
    writer: '',
    state: 'live',
    startedAt: Math.round(performance.timeOrigin * 1000),
    seenAt: now,
    lagBytes: 0,
    lostBytes: 0,
    dropped: health.dropped ?? {},
    activeTraces: counts?.active ?? 0,
  };
  return instancesResponse([self]);
}

/**
 * The search for a store that cannot filter by instance, because it has the traces of one. `undefined`: it has none of the
 * instance that is asked for. Throws `NOT_SUPPORTED` where that one has no name here.
 */
export function withoutInstance<S extends TraceSearch>(
  { store, own }: Pick<QueryContext, 'own'> & { store: Pick<TraceStore, 'instances'> },
  search: S,
): S | undefined {
  const { instance, ...rest } = search;
  if (instance === undefined || store.instances) return search;
  if (!own) throw notSupported('instances');
  return instance === own.instance ? (rest as S) : undefined;
}
