import { PARAMETERS } from '../../contract/parameters.js';
import { SourceFrames } from '../../views/trace/source-frames.js';
import { errorsWithSteps } from '../../views/trace/rank-steps.js';
import { leftOut, tokensOf } from '../budget.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import { stepDetail } from '../step-detail.js';
import { ToolError } from '../tool-error.js';
import { ranges } from '../../views/text/ranges.js';

/** A step in fewer tokens than this has no content worth reading. */
const LEAST_PER_STEP = 150;

export const getStepsTool = mcpTool({
  name: 'get_steps',
  title: 'Get steps of a trace',
  description:
    'Steps of a trace with their inputs, outputs and data; an error with its cause chain and its stack, application frames first. Ask for few at a time: they share the budget.',
  parameters: {
    trace_id: PARAMETERS.id,
    steps: {
      type: 'integers',
      min: 0,
      maxItems: 50,
      allowed: '1 to 50 step numbers',
      help: 'Step numbers, as get_trace lists them',
      required: true,
    },
    max_tokens: maxTokens(8_000),
  },
  async run({ trace_id, steps: asked, max_tokens }, ask) {
    const trace = await ask((queries) => queries.trace(trace_id));
    const wanted = [...new Set(asked)];
    const events = new Map(trace.events.map((event) => [event.seq, event]));
    const errors = new Map(errorsWithSteps(trace).map(({ error, step }) => [step, error]));
    const found = wanted.flatMap((step) => events.get(step) ?? []);
    const missing = wanted.filter((step) => !events.has(step));
    if (found.length === 0) throw noSteps(trace.trace_id, [...events.keys()]);

    const source = new SourceFrames(trace.source_lines);
    const frame = { trace_id: trace.trace_id, unknown_steps: missing, steps_of_the_trace: ranges([...events.keys()]) };
    let free = max_tokens - tokensOf(frame) - 70;
    const details: object[] = [];
    for (const [index, event] of found.entries()) {
      // As many as have room to be read share what is left.
      const sharing = Math.max(1, Math.min(found.length - index, Math.floor(free / LEAST_PER_STEP)));
      const detail = stepDetail(event, errors.get(event.seq), free / sharing, source);
      const cost = tokensOf(detail) + 1;
      if (cost > free) break;
      details.push(detail);
      free -= cost;
    }
    const left = found.slice(details.length).map(({ seq }) => seq);
    return {
      trace_id: trace.trace_id,
      steps: details,
      ...(missing.length > 0 && { unknown_steps: missing, steps_of_the_trace: ranges([...events.keys()]) }),
      ...leftOut({ what: 'steps', count: left.length, how_to_get: `get_steps with ${ranges(left)} alone` }),
    };
  },
});

function noSteps(traceId: string, all: number[]): ToolError {
  return new ToolError('BAD_QUERY', `${traceId} does not have these steps.`, {
    allowed: `step numbers of the trace: ${ranges(all) || 'none'}`,
  });
}
