/** What one trace did with one name: a tool, an agent, a hop. */
export interface TermUse {
  /** Calls, spans or hops. */
  n: number;
  /** Of them, those that failed. */
  errors: number;
  /** Sum of the measured durations, in microseconds. */
  us: number;
  /** Their buckets (`latency.ts`), at most `MAX_TOOK`. */
  took: number[];
}

/** By number in `labels`. */
export type TermUses = ReadonlyMap<number, TermUse>;

/** A loop of a thousand calls must not make a row of a thousand numbers. */
export const MAX_TOOK = 64;

type UseText = [label: number, n: number, errors: number, us: number, ...took: number[]];

export function encodeTerms(tags: TermUses): string {
  return JSON.stringify(
    Array.from(tags, ([label, { n, errors, us, took }]): UseText => [label, n, errors, us, ...took]),
  );
}

export function decodeTerms(json: string): Map<number, TermUse> {
  const uses = JSON.parse(json) as UseText[];
  return new Map(uses.map(([label, n, errors, us, ...took]) => [label, { n, errors, us, took }]));
}
