import { PARAMETERS } from '../../contract/parameters.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import { traceSkeleton } from '../trace-skeleton.js';

export const getTraceTool = mcpTool({
  name: 'get_trace',
  title: 'Get a trace',
  description:
    'The skeleton of a trace: how it ended, whether a reply was sent, what failed, and every step with its number, time and duration. Inputs and outputs come with get_steps.',
  parameters: {
    trace_id: { ...PARAMETERS.id, help: `${PARAMETERS.id.help}; "last" is the newest trace` },
    max_tokens: maxTokens(6_000),
  },
  async run({ trace_id, max_tokens }, ask) {
    const trace = await ask((queries) => (trace_id === 'last' ? queries.lastTrace() : queries.trace(trace_id)));
    return traceSkeleton(trace, max_tokens);
  },
});
