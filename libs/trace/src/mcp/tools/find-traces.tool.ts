import { QUESTIONS } from '../../contract/questions.js';
import { tracesParams } from '../../contract/traces-params.js';
import type { FindingsParams } from '../../contract/trace-queries.js';
import { fitItems, leftOut, tokensOf } from '../budget.js';
import { maxTokens, mcpTool } from '../mcp-tool.js';
import type { McpAsk } from '../mcp-tool.js';
import { traceRow } from '../trace-row.js';
import { checkNamedValues } from '../unknown-values.js';

/** `max_tokens` is the bound of the answer in every tool; `tokens:<1000` of the tool `search` filters by tokens. */
const { q: _text, max_tokens: _most, ...parameters } = QUESTIONS.findings.parameters;

export const findTracesTool = mcpTool({
  name: 'find_traces',
  title: 'Find traces',
  description:
    'Lists traces (one trace: one webhook and all the work it caused), newest first, with what was found about each, its reply and its first error. Begin here with only: "suspicious": it has the traces that failed, and those that look wrong though they completed. Every filter given must hold.',
  parameters: { ...parameters, max_tokens: maxTokens(4_000) },
  run: ({ max_tokens, limit, only, ...given }, ask) =>
    listTraces({ ...tracesParams(given), only }, limit, max_tokens, ask),
});

/** A page of traces within the budget, with a cursor that goes on right behind the last one shown. */
export async function listTraces(
  params: Omit<FindingsParams, 'limit'>,
  limit: number,
  budget: number,
  ask: McpAsk,
): Promise<object> {
  const page = await ask((queries) => queries.findings({ ...params, limit }));
  if (page.count === 0 && params.before === undefined) await checkNamedValues(params, ask);
  const cursor = page.traces.at(-1)?.cursor ?? page.next ?? '';
  const frame = {
    ...(page.degraded !== undefined && { degraded: page.degraded }),
    count: page.count,
    traces: [],
    examined: page.examined,
    complete: false,
    ...(page.partial && { partial: true }),
    next: cursor,
    ...leftOut({ what: 'traces', count: page.count, how_to_get: GO_ON }),
  };
  const { shown, left } = fitItems(page.traces, budget - tokensOf(frame) - 10, traceRow);
  return {
    ...frame,
    count: shown.length,
    traces: shown,
    complete: left === 0 && page.complete,
    next: left === 0 ? page.next : shown.length === 0 ? (params.before ?? null) : page.traces[shown.length - 1]!.cursor,
    left_out: undefined,
    ...leftOut({ what: 'traces', count: left, how_to_get: GO_ON }),
  };
}

const GO_ON = 'the same call with before: the value of next';
