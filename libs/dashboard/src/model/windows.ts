/** Rows that are real elements, so that the browser's own search finds them. */
export const MAX_ROWS = 2_000;
const EDGE = 120;
const BRIEF_EDGE = 40;
const MAX_IMPORTANT = 400;
const AROUND = 20;

export type Window = { kind: 'rows'; from: number; to: number } | { kind: 'gap'; from: number; to: number };

export interface WindowOptions {
  /** Indexes that are always shown: the first 400 errors. */
  important: readonly number[];
  /** Indexes in focus: a permalink, a hit of the search. */
  targets: readonly number[];
  /** Indexes that the reader opened. */
  opened: readonly { from: number; to: number }[];
  /** For the first frame: fewer rows at both ends, and never all. */
  brief?: boolean;
}

/**
 * The rows that are shown. Up to 2,000 rows: all. Above: the first, the last, the important, the focused and the opened
 * ones, with gaps between them.
 */
export function windows(count: number, { important, targets, opened, brief = false }: WindowOptions): Window[] {
  const edge = brief ? BRIEF_EDGE : EDGE;
  if (count <= (brief ? 2 * edge : MAX_ROWS)) return count === 0 ? [] : [{ kind: 'rows', from: 0, to: count }];
  const shown = [
    { from: 0, to: edge },
    { from: count - edge, to: count },
    ...important.slice(0, brief ? edge : MAX_IMPORTANT).map((at) => ({ from: at - 1, to: at + 2 })),
    ...targets.map((at) => ({ from: at - AROUND, to: at + AROUND + 1 })),
    ...opened,
  ]
    .map(({ from, to }) => ({ from: Math.max(0, from), to: Math.min(count, to) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  const result: Window[] = [];
  let at = 0;
  for (const { from, to } of shown) {
    if (to <= at) continue;
    const last = result.at(-1);
    if (from <= at && last?.kind === 'rows') last.to = to;
    else {
      if (from > at) result.push({ kind: 'gap', from: at, to: from });
      result.push({ kind: 'rows', from: Math.max(at, from), to });
    }
    at = to;
  }
  if (at < count) result.push({ kind: 'gap', from: at, to: count });
  return result;
}
