import { useEffect } from 'preact/hooks';
import { signal } from './signal.js';
import { ask } from '../api/client.js';

/** Whether a trace is older than a range, for the ranges that were asked. */
const isOlder = signal<ReadonlyMap<string, boolean>>(new Map());
const askedAt = new Map<string, number>();
/** An answer holds for this long: traces grow older. */
const FRESH_MS = 60_000;
/** The list and the charts load first. */
const LATER_MS = 500;

/**
 * The ranges that show more than the next shorter one, and the current one. A range is offered until an answer says that
 * no trace is older than the range before it.
 */
export function useUsefulRanges(names: readonly string[], current: string): readonly string[] {
  useEffect(() => {
    const timer = setTimeout(() => names.slice(0, -1).forEach((name) => void look(name)), LATER_MS);
    return () => clearTimeout(timer);
  });
  return names.filter((name, index) => name === current || (isOlder.value.get(names[index - 1] ?? '') ?? true));
}

/** Asks for one trace that is older than the range. */
async function look(range: string): Promise<void> {
  if (Date.now() - (askedAt.get(range) ?? 0) < FRESH_MS) return;
  askedAt.set(range, Date.now());
  try {
    const { count } = await ask('traces', { limit: 1, until: range });
    if (isOlder.peek().get(range) !== count > 0) isOlder.value = new Map(isOlder.peek()).set(range, count > 0);
  } catch {
    // Without an answer all ranges are offered.
  }
}
