import type { CatalogPort } from '../../catalog-worker/catalog-port.js';
import type { ScanPlace } from '../../catalog/catalog.api.js';
import { cursorAfter } from '../../catalog/queries/trace-lists.js';
import { performance } from '../../model/timers.js';
import type { TraceFilter, TraceHead, TracePage } from '../../model/trace.js';

/** A person waits for it. */
const BUDGET_MS = 800;

/**
 * Adds to what the index has found for `filter.q` the traces that have it in a payload. The segments are read in
 * pieces, so that other questions get their turn, until the page is sure or the time is up: then it is `partial`.
 */
export async function searchPayloads(
  catalog: CatalogPort,
  filter: TraceFilter,
  limit: number,
  before: string | undefined,
  indexed: TracePage,
  budgetMs = BUDGET_MS,
): Promise<TracePage> {
  const found = new Map(indexed.heads.map((head) => [head.key, head]));
  const deadline = performance.now() + budgetMs;
  let place: ScanPlace | null | undefined;
  do {
    const result = await catalog.ask('scan', filter, before, place ?? undefined);
    for (const head of result.heads) found.set(head.key, head);
    place = result.place;
    const sure = Array.from(found.values()).filter(({ startedAt }) => startedAt > result.newestLeft).length;
    if (sure >= limit) break;
  } while (place && performance.now() < deadline);

  const heads = Array.from(found.values()).sort(newestFirst).slice(0, limit);
  const full = heads.length === limit;
  const more = found.size > limit || indexed.next !== null || (full && place !== null);
  const partial = place !== null && !full;
  return {
    heads,
    next: full && more ? cursorAfter(heads.at(-1)!) : null,
    ...(partial ? { partial } : {}),
  };
}

function newestFirst(a: TraceHead, b: TraceHead): number {
  return b.startedAt - a.startedAt || (a.key < b.key ? 1 : -1);
}
