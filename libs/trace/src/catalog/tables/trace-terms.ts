/** Use of one term (a tool, an agent, a hop, a model, a host, a tag) in one trace. */
export interface TermUse {
  /** Calls, spans or hops; `FILTER_ONLY`: it is no use. */
  n: number;
  /** Uses that failed. */
  errors: number;
  /** Sum of the measured durations, in microseconds. */
  us: number;
  /** Buckets (`latency.ts`) of the durations, at most `MAX_TOOK`. */
  took: number[];
}

/** The trace is found by this term, which is in no sum: a tag, or a model that was asked for. */
export const FILTER_ONLY = -1;

/** By number of the term. */
export type TermUses = ReadonlyMap<number, TermUse>;

/** Limit for a loop of thousands of calls. */
export const MAX_TOOK = 64;

type UseText = [term: number, n: number, errors: number, us: number, ...took: number[]];

/** JSON of a `UseText` for each term. All are whole numbers, so the text is put together here: no array is made for it. */
export function encodeTerms(uses: TermUses): string {
  let text = '';
  for (const [term, { n, errors, us, took }] of uses) {
    text += `${text === '' ? '' : ','}[${term},${n},${errors},${us}`;
    for (const bucket of took) text += `,${bucket}`;
    text += ']';
  }
  return `[${text}]`;
}

export function decodeTerms(json: string): Map<number, TermUse> {
  const uses = JSON.parse(json) as UseText[];
  return new Map(uses.map(([term, n, errors, us, ...took]) => [term, { n, errors, us, took }]));
}
