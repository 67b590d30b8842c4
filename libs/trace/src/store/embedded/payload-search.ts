import type { CatalogPort } from '../../catalog-worker/catalog-port.js';
import type { ScanPlace } from '../../catalog/catalog.api.js';
import { pageOf } from '../../catalog/queries/trace-lists.js';
import { performance } from '../../model/timers.js';
import type { TextSearch } from '../../model/trace-search.js';
import type { TraceHead, TracePage } from '../../model/trace.js';

/** Milliseconds that a search of payloads may take while a person waits. */
const BUDGET_MS = 800;

/**
 * Adds the traces that have the search's `q` in a payload to those that the index has found. The segments are read in pieces
 * between which the catalog answers other questions, until the page is certain or the time is used up: then the page
 * is `partial`.
 */
export async function searchPayloads(
  catalog: CatalogPort,
  { limit, before, ...filter }: TextSearch,
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
    const certain = Array.from(found.values()).filter(({ startedAt }) => startedAt > result.newestLeft).length;
    if (certain >= limit) break;
  } while (place && performance.now() < deadline);

  const heads = Array.from(found.values()).sort(newestFirst).slice(0, limit);
  const full = heads.length === limit;
  const hasMore = full && (found.size > limit || indexed.next !== null || place !== null);
  const partial = place !== null && !full;
  return { ...pageOf(heads, hasMore), ...(partial ? { partial } : {}) };
}

function newestFirst(a: TraceHead, b: TraceHead): number {
  return b.startedAt - a.startedAt || (a.key < b.key ? 1 : -1);
}
