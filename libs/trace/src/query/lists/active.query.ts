import type { ActiveResponse } from '../../contract/responses.js';
import { activeTraces } from '../../views/responses/active.js';
import { assemble } from '../../views/trace/assemble.js';
import { MAX_LIMIT } from './list-traces.query.js';
import type { QueryContext } from '../query-context.js';

export async function queryActive({ store, now }: QueryContext): Promise<ActiveResponse> {
  const { heads } = await store.list({ status: 'active', limit: MAX_LIMIT });
  const traces = await store.getMany(heads.map(({ traceId }) => traceId));
  // A trace that ended between the two questions is not active.
  return activeTraces(traces.filter(({ head }) => head.status === 'active').map(assemble), now);
}
