import { TraceCollectorError } from '../../model/errors.js';
import { parseStatuses, STATUS_FILTER_HELP } from '../../model/status.js';
import type { TraceStatus } from '../../model/status.js';
import type { TracesParams } from '../../contract/trace-queries.js';
import { fitItems, tokensOf } from '../budget.js';
import { CONTACT_ID, maxTokens } from '../mcp-tool.js';
import type { Budgeted, McpTool } from '../mcp-tool.js';
import type { McpAsk } from '../mcp-queries.js';
import { moment, momentArgument } from '../moment.js';
import { traceRow } from '../trace-row.js';

interface FindArguments extends Budgeted {
  status?: string;
  contact_id?: string;
  agent?: string;
  tool?: string;
  since?: string;
  until?: string;
  min_duration_ms?: number;
  limit?: number;
  before?: string;
}

const DEFAULT_TOKENS = 4_000;
const text = (description: string) => ({ type: 'string', description, minLength: 1, maxLength: 1_000 }) as const;

export const findTracesTool: McpTool<FindArguments> = {
  name: 'find_traces',
  title: 'Find traces',
  description:
    'Lists traces (one trace: one webhook and all the work it caused), newest first. Every filter given must hold. Begin here, or with last_error.',
  arguments: {
    status: text(
      `Only traces with this status: ${STATUS_FILTER_HELP}. "failed" means error, timeout, interrupted or silent.`,
    ),
    contact_id: CONTACT_ID,
    agent: text('Only traces in which this agent worked.'),
    tool: text('Only traces in which this tool ran.'),
    since: momentArgument('Only traces that began since then'),
    until: momentArgument('Only traces that began before'),
    min_duration_ms: { type: 'number', description: 'Only traces that took at least so long.', minimum: 0 },
    limit: { type: 'integer', description: 'At most so many. Default 20.', minimum: 1, maximum: 500 },
    before: text('`next` of the answer before: the page after it.'),
    max_tokens: maxTokens(DEFAULT_TOKENS),
  },
  run({ max_tokens = DEFAULT_TOKENS, ...given }, ask) {
    const params = {
      status: statusesOf(given.status),
      contactId: given.contact_id,
      agent: given.agent,
      tool: given.tool,
      since: moment(given.since),
      until: moment(given.until),
      minDurationMs: given.min_duration_ms,
      before: given.before,
    };
    return listTraces(params, given.limit ?? 20, max_tokens, ask);
  },
};

function statusesOf(given: string | undefined): TraceStatus[] | undefined {
  if (given === undefined) return undefined;
  const statuses = parseStatuses(given);
  if (statuses) return statuses;
  throw new TraceCollectorError('BAD_QUERY', `status is ${JSON.stringify(given)}; give ${STATUS_FILTER_HELP}.`);
}

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
  if (left === 0) return { count: shown.length, traces: shown, next: page.next };
  const next =
    shown.length === 0
      ? (params.before ?? null)
      : (await ask((queries) => queries.traces({ ...params, limit: shown.length }))).next;
  return {
    count: shown.length,
    traces: shown,
    next,
    left_out: `${left} traces, to stay within max_tokens; go on with next`,
  };
}
