import { isSpan } from './trace-log.js';
import type { LogEntry } from './trace-log.js';

/** An entry of the log with the entries inside it. */
export interface StepNode {
  /** Index of the entry in the log. */
  index: number;
  children: StepNode[];
}

/**
 * The entries of a log as a tree: each below the span in which it happened, in order of time. Every entry is in it once,
 * also one whose spans contain each other.
 */
export function stepTree(log: readonly LogEntry[]): StepNode[] {
  const nodes = log.map((_, index): StepNode => ({ index, children: [] }));
  const spans = new Map<string | null, StepNode>();
  for (const [index, { event }] of log.entries()) {
    if (isSpan(event) && !spans.has(event.span_id)) spans.set(event.span_id, nodes[index] as StepNode);
  }
  const roots: StepNode[] = [];
  for (const [index, { ancestors, event }] of log.entries()) {
    const node = nodes[index] as StepNode;
    const isRound = isSpan(event) && ancestors.includes(event.span_id ?? '');
    const parent = isRound ? undefined : spans.get(ancestors.at(-1) ?? null);
    (parent === undefined || parent === node ? roots : parent.children).push(node);
  }
  return [...roots, ...unreachable(nodes, roots)];
}

/** Nodes of a ring that is longer than the known ancestors, each without children. */
function unreachable(nodes: readonly StepNode[], roots: readonly StepNode[]): StepNode[] {
  const seen = new Set<StepNode>(roots);
  for (const node of seen) for (const child of node.children) seen.add(child);
  return nodes.filter((node) => !seen.has(node)).map(({ index }) => ({ index, children: [] }));
}
