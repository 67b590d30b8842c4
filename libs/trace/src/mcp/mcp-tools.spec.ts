import { countTokens as countNew } from 'gpt-tokenizer/encoding/o200k_base';
import { countTokens as countOld } from 'gpt-tokenizer/encoding/cl100k_base';
import { NAUGHTY, naughtyTrace } from '../../../../test/support/big-trace.js';
import { TraceCollectorError } from '../model/errors.js';
import type { FullTraceResponse, TraceListItem } from '../contract/responses.js';
import { compareTraces } from '../views/compare/compare.js';
import { callTool } from './mcp-tool.js';
import type { McpQueries } from './mcp-tool.js';
import { MCP_TOOLS } from './mcp-tools.js';

const item = (index: number): TraceListItem => ({
  trace_id: `c_20240120_143022_${String(index).padStart(6, '0')}`,
  contact_id: NAUGHTY,
  started_at: '2024-01-20T14:30:22.123456Z',
  duration_ms: index,
  status: 'error',
  message: NAUGHTY.repeat(20),
  errors: 1,
  events: 5,
  route: NAUGHTY,
});

function queriesOf(trace: FullTraceResponse, traces = 500): McpQueries & { asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    traces: async (params) => {
      asked.push(params);
      const limit = params.limit ?? 20;
      const from = params.before === undefined ? 0 : Number(params.before);
      const list = Array.from({ length: Math.min(limit, traces - from) }, (_, index) => item(from + index));
      return { count: list.length, traces: list, next: from + limit < traces ? String(from + limit) : null };
    },
    trace: async () => trace,
    lastTrace: async () => trace,
    lastError: async () => ({
      ...trace,
      error_summary: { count: trace.errors.length, first_error: trace.errors[0] ?? null, locations: [] },
      export_command: '',
    }),
    contact: async (contact_id, limit = 10) => ({
      contact_id,
      count: limit,
      traces: Array.from({ length: limit }, (_, index) => item(index)),
      timeline: trace.timeline.map((line) => ({ trace_id: trace.trace_id, timestamp: trace.started_at, line })),
    }),
    stats: async () =>
      ({
        since: null,
        total_traces: 3,
        agent_routing: Object.fromEntries(trace.timeline.map((line, index) => [line, index])),
        tools: {},
        by_agent: { [NAUGHTY]: { count: 3 } },
        by_tool: Object.fromEntries(trace.timeline.map((line, index) => [line, { count: index }])),
        by_status: { error: 3 },
        histogram: [],
      }) as never,
    compare: async () =>
      compareTraces(trace, { ...trace, trace_id: 'other', events: trace.events.toReversed().slice(0, 900) }),
  };
}

const ARGUMENTS: Record<string, object> = {
  get_trace: { trace_id: 'c' },
  get_steps: { trace_id: 'c', steps: Array.from({ length: 50 }, (_, index) => index + 1) },
  contact_timeline: { contact_id: 'c', limit: 100 },
  find_traces: { limit: 500 },
  search: { query: 'x', limit: 500 },
  diff_traces: { a: 'c' },
};

const ask = async (name: string, queries: McpQueries, given: object = {}): Promise<any> => {
  const tool = MCP_TOOLS.find((each) => each.name === name);
  if (!tool) throw new Error(`no tool ${name}`);
  return callTool(tool, { ...ARGUMENTS[name], ...given }, (question) => question(queries));
};
const special = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };
const tokens = (answer: unknown): number => {
  const text = JSON.stringify(answer);
  return Math.max(countNew(text, special), countOld(text, special));
};
const names = MCP_TOOLS.map(({ name }) => name);

it('has the tools of the contract', () => {
  expect(names.toSorted()).toEqual([
    'contact_timeline',
    'diff_traces',
    'find_traces',
    'get_steps',
    'get_trace',
    'last_error',
    'search',
    'stats',
  ]);
});

describe('on a trace of 3,000 events with payloads of a megabyte', () => {
  const queries = queriesOf(naughtyTrace(3_000, 1_000_000));

  describe.each(names)('%s', (name) => {
    it.each([500, 2_000, 10_000])('answers within %i tokens, and says what it left out', async (max_tokens) => {
      const answer = await ask(name, queries, { max_tokens });
      expect(tokens(answer)).toBeLessThanOrEqual(max_tokens);
      if (max_tokens === 500) expect(JSON.stringify(answer)).toMatch(/"left_out"|"cut"/);
    });
  });
});

describe('strangers’ text', () => {
  const queries = queriesOf(naughtyTrace(60), 30);

  it.each(names)('is only under "untrusted" in the answer of %s', async (name) => {
    const answer = await ask(name, queries, { max_tokens: 60_000 });
    expect(JSON.stringify(answer)).toMatch(/Ignore all previous|evil/);
    expect(JSON.stringify(trusted(answer))).not.toMatch(/Ignore|evil|heading|script|INST|quote|日本/);
  });

  it('comes as it was, to the byte', async () => {
    const trace = naughtyTrace(60);
    const answer = await ask('get_steps', queriesOf(trace), { steps: [2], max_tokens: 60_000 });
    const [step] = JSON.parse(JSON.stringify(answer)).steps;
    expect(step.untrusted.input).toEqual((trace.events[1] as any).data.input);
    expect(step.cut).toBeUndefined();
  });
});

it('goes on where a list was cut, and leaves no trace out', async () => {
  const queries = queriesOf(naughtyTrace(5), 60);
  const seen: string[] = [];
  let before: string | undefined;
  do {
    const answer = await ask('find_traces', queries, { limit: 40, max_tokens: 3_000, before });
    seen.push(...answer.traces.map(({ trace_id }: any) => trace_id));
    before = answer.next ?? undefined;
  } while (before !== undefined);
  expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => item(index).trace_id));
});

it('shows the error of a step with its cause and its frames, application first', async () => {
  const answer = await ask('get_steps', queriesOf(naughtyTrace(30)), { steps: [10], max_tokens: 60_000 });
  const { untrusted } = answer.steps[0];
  expect(untrusted.application_frames).toEqual(['at save (src/crm.ts:1:2)']);
  expect(untrusted.cause).toHaveLength(1);
});

it('names the steps that are not there', async () => {
  const queries = queriesOf(naughtyTrace(30));
  expect(await ask('get_steps', queries, { steps: [1, 99] })).toMatchObject({ missing: 'there are no steps 99' });
  await expect(ask('get_steps', queries, { steps: [99] })).rejects.toThrow(TraceCollectorError);
  await expect(ask('find_traces', queries, { status: 'broken' })).rejects.toThrow(
    /status is "broken"; give one of active/,
  );
  await expect(ask('find_traces', queries, { since: 'yesterday' })).rejects.toThrow(
    /since is "yesterday"; give how long ago/,
  );
});

/** An answer without its untrusted parts. */
function trusted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(trusted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => (key === 'untrusted' ? [] : [[key, trusted(part)]])),
  );
}
