import { PARAMETERS } from '../../contract/parameters.js';
import type { FullTraceResponse } from '../../contract/responses.js';
import { wallNow } from '../../model/timers.js';
import { SourceFrames } from '../../views/trace/source-frames.js';
import { errorsWithSteps } from '../../views/trace/rank-steps.js';
import { tokensOf } from '../budget.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import type { McpAsk } from '../mcp-tool.js';
import { stepDetail } from '../step-detail.js';
import { ToolError } from '../tool-error.js';
import { traceAnswer } from '../trace-answer.js';
import { checkNamedValues } from '../unknown-values.js';

export const lastErrorTool = mcpTool({
  name: 'last_error',
  title: 'Last error',
  description:
    'The newest trace that failed, of all contacts or of one: its first error whole (message, cause chain, application frames first), how many other traces failed with the same error, and the tree of its steps.',
  parameters: {
    contact_id: { ...PARAMETERS.contact_id, help: 'Only of this contact' },
    max_tokens: maxTokens(6_000),
  },
  async run({ contact_id, max_tokens }, ask) {
    const trace = contact_id === undefined ? await newest(ask) : await newestOf(contact_id, ask);
    const [first] = errorsWithSteps(trace);
    const event = trace.events.find(({ seq }) => seq === first?.step);
    const detail =
      first && event ? stepDetail(event, first.error, max_tokens * 0.35, new SourceFrames(trace.source_lines)) : null;
    const others = first ? await othersWith(first.error.fingerprint, trace, ask) : undefined;
    const head = { first_error: detail, ...(others && { others }) };
    return { ...head, trace: traceAnswer(trace, max_tokens - tokensOf(head) - 10) };
  },
});

async function newest(ask: McpAsk): Promise<FullTraceResponse> {
  const { error_summary: _sum, export_command: _command, ...trace } = await ask((queries) => queries.lastError());
  return trace;
}

async function newestOf(contactId: string, ask: McpAsk): Promise<FullTraceResponse> {
  const { traces } = await ask((queries) => queries.findings({ contactId, only: 'failed', limit: 1 }));
  const [row] = traces;
  if (row) return ask((queries) => queries.trace(row.trace_id));
  await checkNamedValues({ contactId }, ask);
  throw new ToolError('NO_ERRORS', 'No trace of this contact has failed. contact_timeline lists its traces.');
}

const HOUR_MS = 3_600_000;

/** Other traces with an error of the same origin, up to now. `undefined`: the source cannot say. */
async function othersWith(fingerprint: string, trace: FullTraceResponse, ask: McpAsk): Promise<object | undefined> {
  const count = async (hours: number): Promise<{ traces: number; complete: boolean }> => {
    const answer = await ask((queries) => queries.errorGroups({ since: `${hours}h` }));
    const traces = answer.groups.find((group) => group.fingerprint === fingerprint)?.traces ?? 0;
    const own = wallNow() - Date.parse(trace.started_at) <= hours * HOUR_MS ? 1 : 0;
    return { traces: Math.max(0, traces - own), complete: answer.complete };
  };
  try {
    const [hour, day] = [await count(1), await count(24)];
    return {
      failed_the_same_way: { last_hour: hour.traces, last_day: day.traces },
      // Without all traces of the day, the numbers are lower bounds.
      ...(!day.complete && { at_least: true }),
    };
  } catch {
    return undefined;
  }
}
