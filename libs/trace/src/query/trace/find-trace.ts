import { TraceCollectorError } from '../../model/errors.js';
import type { StoredTrace } from '../../model/trace.js';
import { listItem } from '../../views/trace/list-item.js';
import type { QueryContext } from '../query-context.js';

/** Traces that are named when a prefix fits several. */
const MAX_CANDIDATES = 10;

/** The trace with this id or, when there is none, the only one whose id begins with it. */
export async function findTrace({ store, now }: Pick<QueryContext, 'store' | 'now'>, id: string): Promise<StoredTrace> {
  const exact = await store.get(id);
  if (exact) return exact;

  const { heads } = id === '' ? { heads: [] } : await store.list({ idPrefix: id, limit: MAX_CANDIDATES + 1 });
  const [only] = heads;
  if (heads.length > 1) {
    const candidates = heads.slice(0, MAX_CANDIDATES).map((head) => listItem(head, now));
    const named = candidates.map(({ trace_id }) => trace_id).join(', ');
    const more = heads.length > MAX_CANDIDATES ? ', and more' : '';
    throw new TraceCollectorError(
      'TRACE_AMBIGUOUS',
      `Several traces begin with ${JSON.stringify(id)}: ${named}${more}. Give more of the id.`,
      { candidates },
    );
  }
  const found = only && (await store.get(only.traceId));
  if (found) return found;
  throw noTrace(id);
}

export function noTrace(id: string): TraceCollectorError {
  return new TraceCollectorError(
    'TRACE_NOT_FOUND',
    `There is no trace ${JSON.stringify(id)}. Give a whole id, or a beginning that only one id has.`,
  );
}
