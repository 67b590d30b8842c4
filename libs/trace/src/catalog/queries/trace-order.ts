import type { Micros, TraceKey } from '../../model/record.js';
import { wallNow } from '../../model/timers.js';
import type { TraceSort } from '../../model/trace-search.js';
import type { TraceHead, TracePage } from '../../model/trace.js';
import { knownCost } from '../tables/trace-row.js';
import { badPlace } from './trace-lists.js';

/** Orders by a value of the trace, highest first. Traces with the same value are newest first. */
export type ValueSort = Exclude<TraceSort, 'started'>;

/** Place of a trace in such an order. */
export interface Place {
  /** Microseconds, or billionths of a US dollar; `NO_VALUE`: its cost is not known. */
  value: number;
  startedAt: Micros;
  key: TraceKey;
}

/** An order and where the page begins in it. */
export interface PageOrder {
  sort: ValueSort;
  /**
   * End of the durations of traces that run. All pages of a list have the same, so that they neither skip nor repeat a
   * trace that has ended. A trace that ends between two pages is not repeated, and may be skipped.
   */
  now: Micros;
  /** The page begins after it. `undefined`: it is the first page. */
  after: Place | undefined;
}

/** Value of a trace whose cost is not known: it comes last. */
export const NO_VALUE = -1;

/** The order of a page. Throws `BAD_POSITION` for a cursor of another order. */
export function pageOrder(sort: ValueSort, before: string | undefined): PageOrder {
  if (before === undefined) return { sort, now: wallNow() * 1000, after: undefined };
  const text = Buffer.from(before, 'base64url').toString();
  const match = /^(duration|cost):(\d{1,16}):(-?\d{1,17}):(-?\d{1,16}):(.+)$/s.exec(text);
  if (match?.[1] !== sort) throw badPlace(before);
  const [now, value, startedAt] = match.slice(2, 5).map(Number) as [number, number, number];
  return { sort, now, after: { value, startedAt, key: match[5]! } };
}

/** Place of a trace in the order. */
export function placeOf({ sort, now }: PageOrder, head: TraceHead): Place {
  const { startedAt, endedAt, key, usage } = head;
  const cost = sort === 'cost' ? knownCost(usage) : undefined;
  const value = sort === 'duration' ? (endedAt ?? now) - startedAt : Math.round(cost ?? NO_VALUE);
  return { value, startedAt, key };
}

/** Compares for a sort: negative when `a` comes first. */
export function byPlace(a: Place, b: Place): number {
  return b.value - a.value || b.startedAt - a.startedAt || (a.key === b.key ? 0 : a.key < b.key ? 1 : -1);
}

/**
 * The page of these heads, in any order, with those before it and those that are there twice left out.
 *
 * @param hasMore there are more than these behind the last one
 */
export function sortedPage(order: PageOrder, given: readonly TraceHead[], limit: number, hasMore = false): TracePage {
  const { after } = order;
  const found = new Map<TraceKey, { head: TraceHead; place: Place }>();
  for (const head of given) {
    const place = placeOf(order, head);
    if (!after || byPlace(after, place) < 0) found.set(head.key, { head, place });
  }
  const sorted = Array.from(found.values()).sort((a, b) => byPlace(a.place, b.place));
  const page = sorted.slice(0, limit);
  const cursors = page.map(({ place }) => cursorOf(order, place));
  const next = sorted.length > limit || hasMore ? (cursors.at(-1) ?? null) : null;
  return { heads: page.map(({ head }) => head), cursors, next };
}

function cursorOf({ sort, now }: PageOrder, { value, startedAt, key }: Place): string {
  return Buffer.from([sort, now, value, startedAt, key].join(':')).toString('base64url');
}
