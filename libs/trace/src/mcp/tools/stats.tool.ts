import { QUESTIONS } from '../../contract/questions.js';
import { fitItems, leftOut, tokensOf } from '../budget.js';
import { clipText } from '../../views/text/visible-text.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';

const NAME_CHARACTERS = 128;

export const statsTool = mcpTool({
  name: 'stats',
  title: 'Statistics',
  description:
    'How many traces, how many failed, how long they took, which agents, tools, models and hosts were used how often, and the tokens and cost of model calls.',
  parameters: { ...QUESTIONS.stats.parameters, max_tokens: maxTokens(2_000) },
  async run({ max_tokens, ...range }, ask) {
    const stats = await ask((queries) => queries.stats(range));
    const { agent_routing, tools, by_agent, by_tool, by_model = {}, by_host = {} } = stats;
    const numbers = {
      ...(stats.degraded !== undefined && { degraded: stats.degraded }),
      since: stats.since,
      until: stats.until,
      total_traces: stats.total_traces,
      error_traces: stats.error_traces,
      error_rate: stats.error_rate,
      active_traces: stats.active_traces,
      average_duration_ms: stats.average_duration_ms,
      p50_ms: stats.p50_ms,
      p95_ms: stats.p95_ms,
      p99_ms: stats.p99_ms,
      by_status: stats.by_status,
      ...(stats.usage && { usage: stats.usage }),
    };
    const sections: Sections = {
      agent_routing: counts(agent_routing),
      agents: Object.entries(by_agent ?? {}),
      tools: by_tool ? Object.entries(by_tool) : counts(tools),
      models: Object.entries(by_model),
      hosts: Object.entries(by_host),
    };
    const { shown, left } = fitSections(sections, max_tokens - tokensOf(numbers) - 85);
    return {
      ...numbers,
      untrusted: shown,
      ...leftOut({
        what: 'rarer routes, agents, tools, models and hosts',
        count: left,
        how_to_get: 'stats with a larger max_tokens',
      }),
    };
  },
});

/** Short sections stay whole, and the long ones share the rest. Empty ones of models and hosts are left out. */
function fitSections(sections: Sections, room: number): { shown: object; left: number } {
  const bySize = Object.entries(sections).toSorted(([, x], [, y]) => x.length - y.length);
  const fitted: Record<string, object[]> = {};
  let [free, left] = [room, 0];
  for (const [index, [name, rows]] of bySize.entries()) {
    const part = fitItems(rows, free / (bySize.length - index), nameRow);
    fitted[name] = part.shown;
    left += part.left;
    free -= tokensOf(part.shown);
  }
  const kept = Object.keys(sections).filter((name) => ALWAYS.includes(name) || fitted[name]!.length > 0);
  return { shown: Object.fromEntries(kept.map((name) => [name, fitted[name]])), left };
}

/** Sections that an answer has though they are empty. */
const ALWAYS: readonly string[] = ['agent_routing', 'agents', 'tools'];

/** Names with their numbers, by section. */
type Sections = Record<string, [name: string, numbers: object][]>;

/** Most frequent first. */
function counts(given: Record<string, number>): [string, object][] {
  return Object.entries(given)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => [name, { count }]);
}

function nameRow([name, numbers]: [string, object], scale: number): object {
  return { name: clipText(name, Math.max(8, Math.round(NAME_CHARACTERS * Math.min(1, scale)))), ...numbers };
}
