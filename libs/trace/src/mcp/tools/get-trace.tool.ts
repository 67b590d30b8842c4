import { maxTokens, TRACE_ID } from '../mcp-tool.js';
import type { Budgeted, McpTool } from '../mcp-tool.js';
import { traceSkeleton } from '../trace-skeleton.js';

interface GetTraceArguments extends Budgeted {
  trace_id: string;
}

const DEFAULT_TOKENS = 6_000;

export const getTraceTool: McpTool<GetTraceArguments> = {
  name: 'get_trace',
  title: 'Get a trace',
  description:
    'The skeleton of a trace: how it ended, whether a reply was sent, what failed, and every step with its number, time and duration. Inputs and outputs come with get_steps.',
  arguments: {
    trace_id: { ...TRACE_ID, description: `${TRACE_ID.description} Or "last": the newest trace.` },
    max_tokens: maxTokens(DEFAULT_TOKENS),
  },
  required: ['trace_id'],
  async run({ trace_id, max_tokens = DEFAULT_TOKENS }, ask) {
    const trace = await ask((queries) => (trace_id === 'last' ? queries.lastTrace() : queries.trace(trace_id)));
    return traceSkeleton(trace, max_tokens);
  },
};
