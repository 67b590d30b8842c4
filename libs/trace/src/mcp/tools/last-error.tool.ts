import { SourceFrames } from '../../views/trace/source-frames.js';
import { errorsWithSteps } from '../../views/trace/rank-steps.js';
import { tokensOf } from '../budget.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import { stepDetail } from '../step-detail.js';
import { traceSkeleton } from '../trace-skeleton.js';

export const lastErrorTool = mcpTool({
  name: 'last_error',
  title: 'Last error',
  description:
    'The newest trace that failed: its first error whole (message, cause chain, application frames first), and the skeleton of the trace around it.',
  parameters: { max_tokens: maxTokens(6_000) },
  async run({ max_tokens }, ask) {
    const { error_summary: _sum, export_command: _command, ...trace } = await ask((queries) => queries.lastError());
    const [first] = errorsWithSteps(trace);
    const event = trace.events.find(({ seq }) => seq === first?.step);
    const detail =
      first && event ? stepDetail(event, first.error, max_tokens * 0.4, new SourceFrames(trace.source_lines)) : null;
    return { first_error: detail, trace: traceSkeleton(trace, max_tokens - tokensOf(detail) - 20) };
  },
});
