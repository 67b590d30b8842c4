import { repeatsIn } from './repeats.js';
import type { StepNode } from './step-tree.js';
import type { LogEntry } from './trace-log.js';

/** What the view can fold. Indexes are those of the log. */
export interface Folding {
  /** Number of outgoing calls and of log lines without news. */
  calls: number;
  lines: number;
  /** The attempts of calls that were retried, by each of their indexes. */
  retries: ReadonlyMap<number, readonly number[]>;
}

/** Several steps with one row: attempts of one call, or equal steps. */
export interface StepGroup {
  kind: 'attempts' | 'repeats';
  /** Indexes of the steps, oldest first. */
  members: readonly number[];
  /** Number of different steps in it: 2 for a model call and its tool in turn. */
  period: number;
}

/** A row of the view. */
export interface StepRow {
  /** Index of its entry; of a row for several steps, of the first one. */
  index: number;
  group?: StepGroup;
  /** Number of rows around it. */
  depth: number;
  /** Whether rows are inside it and shown; `undefined`: there are none. */
  open: boolean | undefined;
  /** Position among the rows of the same parent, from 1, and their number. */
  position: number;
  size: number;
}

export interface StepRows {
  rows: readonly StepRow[];
  /** Position of the row of each entry; -1: folded. */
  rowOf: Int32Array;
}

interface Shown {
  /** Outgoing calls and log lines without news have rows. */
  quiet: boolean;
  /** First members of the groups that the reader opened. */
  opened: ReadonlySet<number>;
  /** Entries that the reader closed. */
  closed: ReadonlySet<number>;
  /** Entries that have a row in any case: hits of the search, the target of a link. */
  focused: ReadonlySet<number>;
}

/** Counts what can be folded, and finds the attempts of one call: they differ in their `resend_count` only. */
export function foldingOf(log: readonly LogEntry[]): Folding {
  /** The newest attempts of each call. */
  const series = new Map<string, number[]>();
  const retries = new Map<number, readonly number[]>();
  for (const [index, { call, event }] of log.entries()) {
    if (call === undefined) continue;
    const { method, host, path, resend } = call;
    const key = JSON.stringify([event.parent_span_id, method, host, path]);
    const known = series.get(key);
    if (resend > 0 && known?.length === resend) {
      known.push(index);
      for (const at of known) retries.set(at, known);
    } else series.set(key, [index]);
  }
  const quiet = log.filter((entry, index) => entry.quiet && !retries.has(index));
  const calls = quiet.filter(({ kind }) => kind === 'http').length;
  return { calls, lines: quiet.length - calls, retries };
}

/** A node, or a group with its members as children. */
interface Unit {
  index: number;
  group?: StepGroup;
  children: readonly StepNode[];
}

/** The rows of a tree, without new entries. Iterative: a trace may have thousands of spans inside each other. */
export function stepRows(
  log: readonly LogEntry[],
  tree: readonly StepNode[],
  { retries }: Folding,
  { quiet, opened, closed, focused }: Shown,
): StepRows {
  const rows: StepRow[] = [];
  const rowOf = new Int32Array(log.length).fill(-1);
  /** Spans around what is focused: they are open. */
  const around = new Set([...focused].flatMap((index) => log[index]?.ancestors ?? []));
  const isHidden = (index: number) =>
    !quiet && log[index]?.quiet === true && !focused.has(index) && !retries.has(index);
  const frames: { units: readonly Unit[]; at: number; depth: number }[] = [
    { units: unitsOf(log, visible(tree, isHidden), retries), at: 0, depth: 0 },
  ];
  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    const unit = frame.units[frame.at++];
    if (unit === undefined) {
      frames.pop();
      continue;
    }
    const { index, group } = unit;
    const children = group ? [...unit.children] : visible(unit.children, isHidden);
    const isOpen = group
      ? opened.has(index) || group.members.some((at) => focused.has(at) || around.has(log[at]?.event.span_id ?? ''))
      : !closed.has(index) || around.has(log[index]?.event.span_id ?? '');
    if (group) for (const at of group.members) rowOf[at] = rows.length;
    else rowOf[index] = rows.length;
    rows.push({
      index,
      ...(group && { group }),
      depth: frame.depth,
      open: children.length === 0 ? undefined : isOpen,
      position: frame.at,
      size: frame.units.length,
    });
    if (children.length === 0 || !isOpen) continue;
    frames.push({
      units: group ? children : unitsOf(log, children, retries),
      at: 0,
      depth: frame.depth + 1,
    });
  }
  return { rows, rowOf };
}

/** The nodes without hidden ones; what is inside of those takes their place. */
function visible(nodes: readonly StepNode[], isHidden: (index: number) => boolean): StepNode[] {
  const shown: StepNode[] = [];
  const waiting = [...nodes].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (!isHidden(node.index)) shown.push(node);
    else for (const child of node.children.toReversed()) waiting.push(child);
  }
  return shown;
}

/** Siblings, with attempts of one call and equal steps as groups. */
function unitsOf(log: readonly LogEntry[], nodes: readonly StepNode[], retries: Folding['retries']): Unit[] {
  const units: Unit[] = [];
  const byIndex = new Map(nodes.map((node) => [node.index, node]));
  const single = (node: StepNode) => log[node.index] as LogEntry;
  let run: StepNode[] = [];
  /** Ends a run of siblings without attempts. */
  const finish = () => {
    const repeats = new Map(repeatsIn(run.map(single)).map((repeat) => [repeat.from, repeat]));
    for (let at = 0; at < run.length; at += 1) {
      const repeat = repeats.get(at);
      if (repeat) units.push(groupOf('repeats', run.slice(at, at + repeat.length), repeat.period));
      else units.push(run[at] as StepNode);
      if (repeat) at += repeat.length - 1;
    }
    run = [];
  };
  for (const node of nodes) {
    const attempts = retries.get(node.index);
    if (attempts === undefined || !byIndex.has(attempts[0] ?? -1)) {
      run.push(node);
      continue;
    }
    if (attempts[0] !== node.index) continue;
    finish();
    const members = attempts.flatMap((index) => byIndex.get(index) ?? []);
    units.push(groupOf('attempts', members, members.length));
  }
  finish();
  return units;
}

function groupOf(kind: StepGroup['kind'], nodes: readonly StepNode[], period: number): Unit {
  return {
    index: nodes[0]?.index ?? 0,
    group: { kind, members: nodes.map(({ index }) => index), period },
    children: nodes,
  };
}

/** `12 outgoing calls and 5 log lines`. */
export function foldedWords({ calls, lines }: Folding): string {
  return [counted(calls, 'outgoing call'), counted(lines, 'log line')].filter(Boolean).join(' and ');
}

function counted(count: number, what: string): string {
  return count === 0 ? '' : `${count.toLocaleString()} ${what}${count === 1 ? '' : 's'}`;
}
