import { TraceCollectorError } from '../../model/errors.js';
import type { TextSearch } from '../../model/trace-search.js';
import type { TracePage } from '../../model/trace.js';
import type { TracesResponse } from '../../contract/responses.js';
import type { TracesParams } from '../../contract/trace-queries.js';
import type { TraceStore } from '../../store/port.js';
import { listItem } from '../../views/trace/list-item.js';
import { notSupported } from '../capabilities.js';
import type { QueryContext } from '../query-context.js';
import { parseSearch } from '../search/search-grammar.js';
import { resolveRange } from '../search/time-range.js';
import { withoutInstance } from './instances.query.js';

export const DEFAULT_LIMIT = 20;
export const MAX_LIMIT = 500;

const NO_TRACES: TracePage = { heads: [], cursors: [], next: null };

export async function queryTraces(
  context: QueryContext,
  { limit = DEFAULT_LIMIT, before, sort, fingerprint, since, until, ...filter }: TracesParams,
): Promise<TracesResponse> {
  checkAbilities(context.store, { sort, fingerprint });
  const range = resolveRange({ since, until }, context);
  const search = {
    ...parseSearch({ ...filter, ...range }, context),
    limit: checkedLimit(limit),
    before,
    sort,
    fingerprint,
  };
  const asked = withoutInstance(context, search);
  const { heads, next, partial, degraded } = asked ? await findPage(context.store, asked) : NO_TRACES;
  return {
    count: heads.length,
    traces: heads.map((head) => listItem(head, context.now)),
    next,
    ...(partial ? { partial } : {}),
    ...(degraded !== undefined && { degraded }),
  };
}

async function findPage(store: TraceStore, search: TextSearch): Promise<TracePage> {
  if (search.q === undefined && !search.not?.texts) return store.list(search);
  if (!store.search) throw notSupported('search');
  return store.search(search);
}

/** A store that does not have an order or a filter would ignore it. Throws `NOT_SUPPORTED`. */
function checkAbilities(store: TraceStore, { sort, fingerprint }: Pick<TracesParams, 'sort' | 'fingerprint'>): void {
  if (sort !== undefined && sort !== 'started' && !store.sorts?.includes(sort)) throw notSupported('sorts');
  if (fingerprint !== undefined && !store.errors) throw notSupported('errors');
}

/** Throws `BAD_QUERY`. */
export function checkedLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new TraceCollectorError('BAD_QUERY', `limit is ${limit}; give a whole number from 1 to ${MAX_LIMIT}.`);
}
