import type { EventDto } from '../contract/responses.js';
import { stepName } from '../views/compare/step-alignment.js';
import { isErrorEvent, isSpan } from '../views/events/event-response.js';
import { dataOf } from '../views/events/event-data.js';
import { cutValue } from './cut-value.js';

/** Deeper steps are shown at this depth: an answer must not nest without end. */
const MAX_DEPTH = 20;
/** Characters of an input that are compared to fold equal steps. */
const COMPARED_CHARACTERS = 4_000;

/** A step with the steps inside it. Equal steps of one parent are one node. */
export interface TreeNode {
  event: EventDto;
  parent: TreeNode | null;
  children: TreeNode[];
  /** The equal steps that this node stands in for, itself first. */
  folded: EventDto[];
}

/** The steps of a trace as a tree, and the node that shows each step. */
export interface StepTree {
  roots: TreeNode[];
  nodeOf: ReadonlyMap<number, TreeNode>;
}

/**
 * Steps under the span that they happened in. Steps of one parent with the same kind, name, input and outcome, and with equal
 * steps inside, are folded into the first: a loop of a thousand calls is one node.
 */
export function stepTree(events: readonly EventDto[]): StepTree {
  const nodeOf = new Map<number, TreeNode>();
  const nodes = events.map((event): TreeNode => ({ event, parent: null, children: [], folded: [event] }));
  const bySpan = new Map<string, TreeNode>();
  for (const node of nodes) if (isSpan(node.event)) bySpan.set(node.event.span_id!, node);
  for (const node of nodes) {
    const id = isSpan(node.event) ? node.event.parent_span_id : node.event.span_id;
    node.parent = (id === null ? undefined : bySpan.get(id)) ?? null;
  }
  const placed = nodes.map((node) => [node, ancestorOf(node)] as const);
  for (const [node, parent] of placed) {
    node.parent = parent;
    parent?.children.push(node);
  }
  const roots = fold(nodes.filter(({ parent }) => parent === null));
  for (const root of roots) index(root, nodeOf);
  return { roots, nodeOf };
}

/** The parent at which a node is shown; `null` where its chain is a ring, as a damaged file may have it. */
function ancestorOf(node: TreeNode): TreeNode | null {
  const chain: TreeNode[] = [];
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at === node || chain.includes(at)) return null;
    chain.push(at);
    if (chain.length > 1_000) return null;
  }
  return chain.length < MAX_DEPTH ? (chain[0] ?? null) : chain.at(-MAX_DEPTH)!;
}

function fold(siblings: readonly TreeNode[]): TreeNode[] {
  const kept = new Map<string, TreeNode>();
  const result: TreeNode[] = [];
  for (const node of siblings) {
    node.children = fold(node.children);
    const key = signature(node);
    const first = kept.get(key);
    if (first) absorb(first, node);
    else {
      kept.set(key, node);
      result.push(node);
    }
  }
  return result;
}

/** Both have the same signature, so their children are pairs. */
function absorb(first: TreeNode, other: TreeNode): void {
  first.folded.push(...other.folded);
  for (const [at, child] of first.children.entries()) absorb(child, other.children[at]!);
}

function signature({ event, children, folded }: TreeNode): string {
  const data = dataOf(event);
  const compared = isSpan(event) ? { input: data.input, outcome: data.outcome } : event.data;
  const { value } = cutValue(compared, COMPARED_CHARACTERS);
  const own = [event.type, stepName(event), isErrorEvent(event), event.duration_ms === null, value];
  return JSON.stringify([own, folded.length, children.map(signature)]);
}

function index(node: TreeNode, nodeOf: Map<number, TreeNode>): void {
  for (const { seq } of node.folded) nodeOf.set(seq, node);
  for (const child of node.children) index(child, nodeOf);
}
