import { cursor, cursorAfter, pageOf } from '../catalog/queries/trace-lists.js';
import { byPlace, placeOf, sortedPage, type PageOrder } from '../catalog/queries/trace-order.js';
import type { TextSearch } from '../model/trace-search.js';
import type { StoredTrace, TraceHead, TracePage } from '../model/trace.js';

type Compare = (a: TraceHead, b: TraceHead) => number;

/** Traces that usually start in the same microsecond: the cursor's own, and rarely another. */
const SAME_START = 2;

/**
 * A page of a store whose cursors may have any form, with the cursors of the local store: so a person can turn the page while the
 * shared store comes and goes. The page begins at the start time of the cursor's trace, without the traces up to it.
 */
export async function pageAfter<S extends TextSearch>(
  search: S,
  ask: (search: S) => Promise<TracePage>,
): Promise<TracePage> {
  const from = startOf(search.before);
  if (!from) return withOwnCursors(await ask(search));
  const { beforeUs, beforeKey } = from;
  const until = Math.min(search.until ?? beforeUs, beforeUs);
  let asked: S = { ...search, before: undefined, until, limit: search.limit + SAME_START };
  for (const heads: TraceHead[] = []; ;) {
    const page = await ask(asked);
    heads.push(...page.heads.filter((head) => isAfter(head, beforeUs, beforeKey)));
    const partial = { ...(page.partial && { partial: page.partial }) };
    if (heads.length > search.limit) return { ...pageOf(heads.slice(0, search.limit), true), ...partial };
    if (page.next === null || page.partial || heads.length === search.limit) {
      return { ...pageOf(heads, page.next !== null), ...partial };
    }
    asked = { ...asked, before: page.next };
  }
}

/**
 * The traces of two pages of the same search, newest first. Of a trace on both, the head of the local store counts where
 * it has more.
 *
 * @param local the page of the local store
 * @param order order of the pages. Default: newest first
 * @param known heads of traces on `shared` that the local store has, also of those that it does not list: such a trace no
 *   longer matches the search
 */
export function mergePages(
  shared: TracePage,
  local: TracePage,
  known: ReadonlyMap<string, TraceHead>,
  limit: number,
  order?: PageOrder,
): TracePage {
  const compare: Compare = order ? (a, b) => byPlace(placeOf(order, a), placeOf(order, b)) : newestFirst;
  const listed = new Map(local.heads.map((head) => [head.key, head]));
  const merged = new Map(listed);
  for (const head of shared.heads) {
    const own = listed.get(head.key) ?? known.get(head.key);
    if (!own || !hasMore(own, head)) merged.set(head.key, head);
    else if (listed.has(head.key)) merged.set(head.key, withPin(own, head));
  }
  const heads = Array.from(merged.values()).sort(compare);
  // A page that is not the last one hides what lies below it: another page may not fill that in.
  const lowest = [shared, local].filter(({ next }) => next !== null).map(({ heads: all }) => all.at(-1));
  const certain = heads.filter((head) => lowest.every((last) => !last || compare(head, last) <= 0));
  const partial = shared.partial ?? local.partial;
  if (order) {
    const sorted = sortedPage(order, certain, limit, lowest.length > 0);
    return { ...sorted, ...(partial && { partial }) };
  }
  const page = pageOf(certain.slice(0, limit), certain.length > limit || lowest.length > 0);
  // All that the shared store listed may have changed meanwhile: the next page begins below it.
  const boundary = lowest.filter((last) => last !== undefined).sort(newestFirst)[0];
  const next = page.heads.length === 0 && boundary ? cursorAfter(boundary) : page.next;
  return { ...page, next, ...(partial && { partial }) };
}

/** The one of two copies of a trace that has more of it. */
export function fuller(shared: StoredTrace | undefined, local: StoredTrace | undefined): StoredTrace | undefined {
  if (!shared || !local || local.records.length <= shared.records.length) return shared ?? local;
  return { ...local, head: withPin(local.head, shared.head) };
}

function hasMore(local: TraceHead, shared: TraceHead): boolean {
  return (
    local.events > shared.events ||
    local.lastAt > shared.lastAt ||
    (local.endedAt !== null && shared.endedAt === null) ||
    (local.identified && !shared.identified)
  );
}

/** Pins are in the shared store. */
function withPin({ pinned: _own, ...local }: TraceHead, { pinned }: TraceHead): TraceHead {
  return { ...local, ...(pinned && { pinned }) };
}

/** The place of a cursor. `undefined`: there is none, or the store that is asked made it, and refuses it if it did not. */
function startOf(before: string | undefined): ReturnType<typeof cursor> | undefined {
  try {
    return before === undefined ? undefined : cursor(before);
  } catch {
    return undefined;
  }
}

/** A page that ends without a trace keeps the cursor of its store: only that store can go on from there. */
function withOwnCursors(page: TracePage): TracePage {
  const cursors = page.heads.map(cursorAfter);
  return { ...page, cursors, next: page.next === null ? null : (cursors.at(-1) ?? page.next) };
}

function isAfter(head: TraceHead, beforeUs: number, beforeKey: string): boolean {
  return head.startedAt < beforeUs || (head.startedAt === beforeUs && head.key < beforeKey);
}

function newestFirst(a: TraceHead, b: TraceHead): number {
  return b.startedAt - a.startedAt || (a.key === b.key ? 0 : a.key < b.key ? 1 : -1);
}
