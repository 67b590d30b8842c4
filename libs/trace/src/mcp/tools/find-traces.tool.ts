import { QUESTIONS } from '../../contract/questions.js';
import { tracesParams } from '../../contract/traces-params.js';
import type { TracesParams } from '../../contract/trace-queries.js';
import { fitItems, tokensOf } from '../budget.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import type { McpAsk } from '../mcp-tool.js';
import { traceRow } from '../trace-row.js';

/** `max_tokens` is the bound of the answer in every tool; `tokens:<1000` of the tool `search` filters by tokens. */
const { q: _text, max_tokens: _most, ...parameters } = QUESTIONS.traces.parameters;

export const findTracesTool = mcpTool({
  name: 'find_traces',
  title: 'Find traces',
  description:
    'Lists traces (one trace: one webhook and all the work it caused), newest first. Every filter given must hold. Begin here, or with last_error.',
  parameters: { ...parameters, max_tokens: maxTokens(4_000) },
  run: ({ max_tokens, limit, ...given }, ask) => listTraces(tracesParams(given), limit, max_tokens, ask),
});

/** A page of traces within the budget, with a cursor that goes on right behind the last one shown. */
export async function listTraces(
  params: Omit<TracesParams, 'limit'>,
  limit: number,
  budget: number,
  ask: McpAsk,
): Promise<object> {
  const page = await ask((queries) => queries.traces({ ...params, limit }));
  const frame = { count: page.count, traces: [], next: page.next ?? '', left_out: 'to stay within max_tokens' };
  const { shown, left } = fitItems(page.traces, budget - tokensOf(frame) - 100, traceRow);
  const degraded = page.degraded === undefined ? {} : { degraded: page.degraded };
  if (left === 0) return { ...degraded, count: shown.length, traces: shown, next: page.next };
  const next =
    shown.length === 0
      ? (params.before ?? null)
      : (await ask((queries) => queries.traces({ ...params, limit: shown.length }))).next;
  return {
    ...degraded,
    count: shown.length,
    traces: shown,
    next,
    left_out: `${left} traces, to stay within max_tokens; go on with next`,
  };
}
