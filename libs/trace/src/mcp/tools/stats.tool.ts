import { fitItems, tokensOf } from '../budget.js';
import { maxTokens } from '../mcp-tool.js';
import type { Budgeted, McpTool } from '../mcp-tool.js';
import { moment, momentArgument } from '../moment.js';
import { clipText } from '../budget.js';

interface StatsArguments extends Budgeted {
  since?: string;
  until?: string;
}

const DEFAULT_TOKENS = 2_000;
const NAME_CHARACTERS = 128;

export const statsTool: McpTool<StatsArguments> = {
  name: 'stats',
  title: 'Statistics',
  description: 'How many traces, how many failed, how long they took, which agents and tools were used how often.',
  arguments: {
    since: momentArgument('Count from then on'),
    until: momentArgument('Count up to'),
    max_tokens: maxTokens(DEFAULT_TOKENS),
  },
  async run({ since, until, max_tokens = DEFAULT_TOKENS }, ask) {
    const stats = await ask((queries) => queries.stats({ since: moment(since), until: moment(until) }));
    const { agent_routing, tools, histogram: _bars, ...numbers } = stats;
    const room = (max_tokens - tokensOf(numbers) - 100) / 2;
    const routing = fitItems(mostFrequent(agent_routing), room, asCount);
    const used = fitItems(mostFrequent(tools), room, asCount);
    const left = routing.left + used.left;
    return {
      ...numbers,
      untrusted: { agent_routing: routing.shown, tools: used.shown },
      ...(left > 0 && { left_out: `${left} rarer routes and tools` }),
    };
  },
};

function mostFrequent(counts: Record<string, number>): [string, number][] {
  return Object.entries(counts).sort(([, a], [, b]) => b - a);
}

function asCount([name, count]: [string, number]) {
  return { name: clipText(name, NAME_CHARACTERS), count };
}
