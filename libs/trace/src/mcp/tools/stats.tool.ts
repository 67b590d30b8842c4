import { QUESTIONS } from '../../contract/questions.js';
import { fitItems, tokensOf } from '../budget.js';
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
    const room = (max_tokens - tokensOf(numbers) - 120) / 5;
    const routes = fitItems(mostFrequent(agent_routing), room, countRow);
    const agents = fitItems(Object.entries(by_agent ?? {}), room, statsRow);
    const used = by_tool
      ? fitItems(Object.entries(by_tool), room, statsRow)
      : fitItems(mostFrequent(tools), room, countRow);
    const models = fitItems(Object.entries(by_model), room, statsRow);
    const hosts = fitItems(Object.entries(by_host), room, statsRow);
    const left = routes.left + agents.left + used.left + models.left + hosts.left;
    return {
      ...numbers,
      untrusted: {
        agent_routing: routes.shown,
        agents: agents.shown,
        tools: used.shown,
        ...(models.shown.length > 0 && { models: models.shown }),
        ...(hosts.shown.length > 0 && { hosts: hosts.shown }),
      },
      ...(left > 0 && { left_out: `${left} rarer routes, agents, tools, models and hosts, to stay within max_tokens` }),
    };
  },
});

function mostFrequent(counts: Record<string, number>): [string, number][] {
  return Object.entries(counts).sort(([, a], [, b]) => b - a);
}

function countRow([name, count]: [string, number]): object {
  return { name: clipText(name, NAME_CHARACTERS), count };
}

function statsRow([name, numbers]: [string, object]): object {
  return { name: clipText(name, NAME_CHARACTERS), ...numbers };
}
