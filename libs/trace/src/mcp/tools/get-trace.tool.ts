import { PARAMETERS } from '../../contract/parameters.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import { traceAnswer } from '../trace-answer.js';

export const getTraceTool = mcpTool({
  name: 'get_trace',
  title: 'Get a trace',
  description:
    'A trace as a tree of its steps: how it ended, what was found, whether a reply was sent, and each step with its number, time, duration, the beginning of its input (in) and output (out), and its errors. Whole values come with get_steps.',
  parameters: {
    trace_id: { ...PARAMETERS.id, help: `${PARAMETERS.id.help}; "last" is the newest trace` },
    max_tokens: maxTokens(6_000),
  },
  async run({ trace_id, max_tokens }, ask) {
    const trace = await ask((queries) => (trace_id === 'last' ? queries.lastTrace() : queries.trace(trace_id)));
    return traceAnswer(trace, max_tokens);
  },
});
