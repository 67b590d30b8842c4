import { record } from './trace-log.js';
import type { LogEntry } from './trace-log.js';

export interface Hop {
  from: string;
  to: string;
  reason: string;
  candidates: string;
  offset: number;
  /** Ordinal of this hop among equal hops, from 1. */
  round: number;
}

export interface Crumb {
  name: string;
  /** Number of visits. */
  visits: number;
}

/** The hand-overs of the conversation, in order. */
export function hops(log: readonly LogEntry[]): Hop[] {
  const taken = new Map<string, number>();
  return log
    .filter(({ kind }) => kind === 'route')
    .map(({ event, offset }) => {
      const data = record(event.data);
      const from = String(data.from ?? '?');
      const to = String(data.to ?? '?');
      const key = JSON.stringify([from, to]);
      const round = (taken.get(key) ?? 0) + 1;
      taken.set(key, round);
      const candidates = Array.isArray(data.candidates) ? data.candidates.map(String).join(', ') : '';
      return { from, to, reason: String(data.reason ?? ''), candidates, offset, round };
    });
}

/**
 * The route as a breadcrumb: each agent once, with its number of visits. An agent with two visits is a loop. `route` is
 * the list's `supervisor → maria → carlos → maria`.
 */
export function crumbs(route: string): Crumb[] {
  const found: Crumb[] = [];
  for (const name of route.split(' → ')) {
    const known = found.find((crumb) => crumb.name === name);
    if (known) known.visits += 1;
    else found.push({ name, visits: 1 });
  }
  return found;
}
