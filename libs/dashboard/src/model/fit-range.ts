/** A part of a histogram. */
interface Bar {
  from: string;
  to: string;
  total: number;
}

/** A time range: `1h`, or ISO 8601. */
export interface Range {
  since: string;
  until?: string;
}

/** A chart is at least this long: a second of data would be one bar. */
const LEAST_MS = 15 * 60_000;
/** Rounds of narrowing at most: each makes the bars at least twice as fine. */
const ROUNDS = 4;

/** The part of a histogram that has traces, where that is less than half of it. */
export function fitted(bars: readonly Bar[]): Range | undefined {
  const first = bars.find(({ total }) => total > 0);
  const last = bars.findLast(({ total }) => total > 0);
  if (!first || !last) return undefined;
  const until = Date.parse(last.to);
  const since = Math.min(Date.parse(first.from), until - LEAST_MS);
  const whole = Date.parse(bars.at(-1)!.to) - Date.parse(bars[0]!.from);
  if ((until - since) * 2 > whole) return undefined;
  return {
    since: new Date(since).toISOString(),
    ...(last !== bars.at(-1) && { until: new Date(until).toISOString() }),
  };
}

/**
 * The answer for a range, and the answer for the part of it that has traces: ten minutes of data in a week are a chart of
 * fifteen minutes. Both are the same answer where the traces fill the range.
 */
export async function askFitted<T extends { histogram: readonly Bar[] }>(
  range: Range,
  ask: (range: Range) => Promise<T>,
): Promise<{ whole: T; shown: T; range: Range }> {
  const whole = await ask(range);
  let [shown, shownRange] = [whole, range];
  for (let round = 0; round < ROUNDS; round += 1) {
    const narrow = fitted(shown.histogram);
    if (!narrow) break;
    shownRange = { ...(shownRange.until !== undefined && { until: shownRange.until }), ...narrow };
    shown = await ask(shownRange);
  }
  return { whole, shown, range: shownRange };
}
