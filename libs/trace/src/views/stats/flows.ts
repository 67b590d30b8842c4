import type { TraceHead } from '../../model/trace.js';
import { hasReplied } from '../../model/vocabulary.js';
import type { InsightsResponse } from '../../contract/responses.js';

type Flow = InsightsResponse['flows'][number];

/** Names in one layer; rarer names become `others`. */
const MAX_NAMES = 8;
const MAX_TOOLS_NAMED = 2;

/** Number of ended traces per edge between four layers: first agent, last agent, tools, outcome. */
export function flows(heads: readonly TraceHead[]): Flow[] {
  const paths = heads.filter(({ status }) => status !== 'active').map(pathOf);
  const names = [0, 1, 2, 3].map((layer) => commonNames(paths.map((path) => path[layer] ?? '')));
  const counts = new Map<string, Flow>();
  for (const path of paths) {
    const shown = path.map((name, layer) => (names[layer]?.has(name) ? name : 'others'));
    for (const layer of [0, 1, 2] as const) {
      const [from, to] = [shown[layer] ?? '', shown[layer + 1] ?? ''];
      const key = JSON.stringify([layer, from, to]);
      const flow = counts.get(key) ?? { layer, from, to, count: 0 };
      flow.count += 1;
      counts.set(key, flow);
    }
  }
  return [...counts.values()].sort((a, b) => a.layer - b.layer || b.count - a.count);
}

function pathOf(head: TraceHead): string[] {
  const { route, agents, tools, status, message } = head;
  const agent = route.at(-1) ?? agents.at(-1) ?? 'no agent';
  const used = tools.length > MAX_TOOLS_NAMED ? `${tools.length} tools` : tools.join(' + ') || 'no tool';
  const unanswered = message === null ? 'completed' : 'no reply recorded';
  const ended = status !== 'completed' ? status : hasReplied(head) ? 'reply sent' : unanswered;
  return [route.length > 1 ? (route[0] ?? 'not routed') : 'not routed', agent, used, ended];
}

function commonNames(names: readonly string[]): Set<string> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const ranked = [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
  return new Set(ranked.length > MAX_NAMES ? ranked.slice(0, MAX_NAMES - 1) : ranked);
}
