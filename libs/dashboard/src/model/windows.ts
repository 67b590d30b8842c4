/** Rows that are real elements, so that the browser's own find sees them. */
export const MAX_ROWS = 2_000;
const EDGE = 120;
const BRIEF_EDGE = 40;
const MAX_IMPORTANT = 400;
const AROUND = 20;

export type Window = { kind: 'rows'; from: number; to: number } | { kind: 'gap'; from: number; to: number };

export interface WindowOptions {
  /** Indexes that must be seen: errors. Past the first 400 they are left to the gaps. */
  important: readonly number[];
  /** Indexes that are looked at now: a permalink, a hit of the find. */
  targets: readonly number[];
  /** What the reader opened. */
  opened: readonly { from: number; to: number }[];
  /** For the first frame: fewer of the first and the last, and never all. */
  brief?: boolean;
}

/**
 * Which of `count` rows are shown: all, when they are no more than 2,000; else the first and the last, what is
 * important, what is looked at, and what was opened, with gaps between.
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
