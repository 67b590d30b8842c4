/** A timed step, in milliseconds from the trace's start. */
export interface Bar {
  id: string;
  parent: string | null;
  start: number;
  end: number;
}

/**
 * The critical path: from the end backwards, at each moment the step that the trace waited for.
 * Making one of these faster makes the trace faster; making any other faster does not.
 */
export function criticalPath(bars: readonly Bar[]): Set<string> {
  const children = new Map<string | null, Bar[]>();
  const ids = new Set(bars.map(({ id }) => id));
  for (const bar of bars) {
    const parent = bar.parent !== null && ids.has(bar.parent) && bar.parent !== bar.id ? bar.parent : null;
    const siblings = children.get(parent);
    if (siblings) siblings.push(bar);
    else children.set(parent, [bar]);
  }
  const path = new Set<string>();
  const walk = (parent: string | null, from: number, to: number): void => {
    let at = to;
    const latestFirst = [...(children.get(parent) ?? [])].sort((a, b) => b.end - a.end || a.start - b.start);
    for (const bar of latestFirst) {
      // Still running at `at`: side by side with one that was waited for longer.
      if (bar.end > at || bar.end <= from || path.has(bar.id)) continue;
      path.add(bar.id);
      walk(bar.id, bar.start, bar.end);
      at = bar.start;
    }
  };
  const last = bars.reduce((most, { end }) => Math.max(most, end), 0);
  walk(null, -1, last);
  return path;
}
