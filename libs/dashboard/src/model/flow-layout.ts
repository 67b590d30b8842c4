import type { InsightsResponse } from '../api/responses.js';

export interface FlowNode {
  layer: number;
  name: string;
  total: number;
  /** Offset from the top, as a fraction of the whole height. */
  y: number;
  height: number;
}

export interface FlowRibbon {
  from: FlowNode;
  to: FlowNode;
  count: number;
  fromY: number;
  toY: number;
  height: number;
}

const GAP = 0.03;

/** The positions of the nodes and ribbons of a four-layer flow in a box of height 1. A trace has the same height in all layers. */
export function layoutFlows(flows: InsightsResponse['flows']): { nodes: FlowNode[]; ribbons: FlowRibbon[] } {
  const layers = [0, 1, 2, 3].map((layer) => {
    const totals = new Map<string, number>();
    for (const flow of flows) {
      const name = layer < 3 ? (flow.layer === layer ? flow.from : undefined) : flow.layer === 2 ? flow.to : undefined;
      if (name !== undefined) totals.set(name, (totals.get(name) ?? 0) + flow.count);
    }
    return [...totals].sort(([, a], [, b]) => b - a);
  });
  const most = Math.max(1, ...layers.map((layer) => layer.length));
  const whole = layers[0]?.reduce((sum, [, total]) => sum + total, 0) || 1;
  const scale = Math.max(0.2, 1 - GAP * (most - 1)) / whole;
  const nodes: FlowNode[] = [];
  for (const [layer, totals] of layers.entries()) {
    let y = 0;
    for (const [name, total] of totals) {
      nodes.push({ layer, name, total, y, height: total * scale });
      y += total * scale + GAP;
    }
  }
  const find = (layer: number, name: string) => nodes.find((node) => node.layer === layer && node.name === name);
  const used = new Map<string, number>();
  const take = (side: string, node: FlowNode, height: number): number => {
    const key = `${side}:${node.layer}:${node.name}`;
    const at = used.get(key) ?? 0;
    used.set(key, at + height);
    return node.y + at;
  };
  const ribbons: FlowRibbon[] = [];
  for (const { layer, from, to, count } of flows) {
    const [a, b] = [find(layer, from), find(layer + 1, to)];
    if (!a || !b) continue;
    const height = count * scale;
    ribbons.push({ from: a, to: b, count, height, fromY: take('out', a, height), toY: take('in', b, height) });
  }
  return { nodes, ribbons };
}
