import type { TreeNode } from './trace-tree.js';

/** Tokens of the brackets and the key around the steps inside a step. */
const NESTING_TOKENS = 6;
/** Steps in a row that do not fit after which the rest is not tried: a trace may have thousands. */
const MAX_MISSES = 60;

/** The nodes that are shown, each with the characters of its values. */
export type ChosenSteps = ReadonlyMap<TreeNode, number>;

/**
 * The nodes that fit into `room` tokens, in the order of `ranked`, each with the spans around it. What does not fit with the
 * first width is tried with the next ones, so that small steps fill the rest.
 *
 * @param cost tokens of a node whose values have at most this number of characters
 */
export function chooseSteps(
  ranked: readonly TreeNode[],
  room: number,
  widths: readonly number[],
  cost: (node: TreeNode, characters: number) => number,
): ChosenSteps {
  const chosen = new Map<TreeNode, number>();
  let free = room;
  for (const characters of widths) {
    let misses = 0;
    for (const node of ranked) {
      if (misses >= MAX_MISSES) break;
      if (chosen.has(node)) continue;
      const chain = chainOf(node, chosen);
      const tokens = chain.reduce((sum, each) => sum + cost(each, characters) + NESTING_TOKENS, 0);
      if (tokens > free) {
        misses += 1;
        continue;
      }
      misses = 0;
      free -= tokens;
      for (const each of chain) chosen.set(each, characters);
    }
  }
  return chosen;
}

function chainOf(node: TreeNode, chosen: ChosenSteps): TreeNode[] {
  const chain: TreeNode[] = [];
  for (let at: TreeNode | null = node; at !== null && !chosen.has(at); at = at.parent) chain.push(at);
  return chain;
}

/** The chosen nodes as nested answers, in the order of the tree. */
export function drawn(
  nodes: readonly TreeNode[],
  chosen: ChosenSteps,
  toAnswer: (node: TreeNode, characters: number) => object,
): object[] {
  return nodes.flatMap((node) => {
    const characters = chosen.get(node);
    if (characters === undefined) return [];
    const steps = drawn(node.children, chosen, toAnswer);
    return [{ ...toAnswer(node, characters), ...(steps.length > 0 && { steps }) }];
  });
}
