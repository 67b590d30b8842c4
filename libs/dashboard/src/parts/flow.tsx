import type { InsightsResponse } from '../api/responses.js';
import { oneLine } from '../format/visible.js';
import { layoutFlows } from '../model/flow-layout.js';
import type { FlowNode } from '../model/flow-layout.js';
import { term } from '../model/search-term.js';
import { go, searchHref } from '../state/route.js';

const WIDTH = 1120;
const HEIGHT = 320;
const TOP = 26;
const NODE = 12;
const HEADS = ['first agent', 'last agent', 'tools', 'outcome'];
const X = [0, 270, 560, 960];
const BAD: readonly string[] = ['error', 'silent', 'timeout', 'interrupted'];

/** Flow from the supervisor over agent and tools to the outcome: the width of a ribbon is the number of traces. */
export function Flow({ flows }: { flows: InsightsResponse['flows'] }) {
  const { nodes, ribbons } = layoutFlows(flows);
  const y = (part: number) => TOP + part * (HEIGHT - TOP);
  const size = (part: number) => Math.max(1, part * (HEIGHT - TOP));
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label="Routing">
      <svg
        class="flow"
        viewBox={`0 0 ${WIDTH} ${HEIGHT + 8}`}
        role="img"
        aria-label="Routing from supervisor to outcome; the table below has the numbers"
      >
        {HEADS.map((head, layer) => (
          <text key={head} class="flow-head" x={X[layer]} y="12">
            {head}
          </text>
        ))}
        {ribbons.map(({ from, to, count, fromY, toY, height }) => {
          const [x1, x2] = [(X[from.layer] ?? 0) + NODE, X[to.layer] ?? 0];
          const [y1, y2, h] = [y(fromY), y(toY), size(height)];
          const middle = (x1 + x2) / 2;
          return (
            <path
              key={`${from.layer}${from.name}→${to.name}`}
              class={BAD.includes(to.name) && to.layer === 3 ? 'ribbon ribbon-bad' : 'ribbon'}
              d={`M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}V${y2 + h}C${middle} ${y2 + h} ${middle} ${y1 + h} ${x1} ${y1 + h}Z`}
            >
              <title>{`${from.name} → ${to.name}: ${count} traces`}</title>
            </path>
          );
        })}
        {nodes.map((node) => {
          const target = searchOf(node);
          return (
            <g
              key={`${node.layer}${node.name}`}
              class={target ? 'flow-node flow-link' : 'flow-node'}
              onClick={() => target && go(target)}
            >
              <rect
                class={BAD.includes(node.name) && node.layer === 3 ? 'bad' : undefined}
                x={X[node.layer]}
                y={y(node.y)}
                width={NODE}
                height={size(node.height)}
                rx="2"
              />
              <text x={(X[node.layer] ?? 0) + NODE + 6} y={y(node.y) + Math.max(6, size(node.height) / 2) + 4}>
                {oneLine(node.name, 44)} <tspan class="flow-count">{node.total}</tspan>
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function searchOf({ layer, name }: FlowNode): string | undefined {
  if (layer === 1 && name !== 'no agent' && name !== 'others') return searchHref(term('agent', name));
  if (layer === 2 && !/ \+ |^\d+ tools$|^no tool$|^others$/.test(name)) return searchHref(term('tool', name));
  if (layer === 3 && ['error', 'timeout', 'interrupted', 'cancelled'].includes(name))
    return searchHref(term('status', name));
  return undefined;
}
