import { countTokens as countNew } from 'gpt-tokenizer/encoding/o200k_base';
import { countTokens as countOld } from 'gpt-tokenizer/encoding/cl100k_base';
import { NAUGHTY, naughtyTrace } from '../../../../test/support/big-trace.js';
import { Story } from '../../../../test/support/story.js';
import { TraceCollectorError } from '../model/errors.js';
import type { FullTraceResponse, TraceFinding, TraceListItem } from '../contract/responses.js';
import { compareTraces } from '../views/compare/compare.js';
import { defineEventTypes } from '../views/events/event-types.js';
import { BUILT_IN_HINTS } from '../views/hints/hints.js';
import { EXPLAINED_RULES } from '../views/hints/rule-meanings.js';
import { fullTrace } from '../views/responses/full-trace.js';
import { assemble } from '../views/trace/assemble.js';
import { estimateTokens } from '../views/text/token-estimate.js';
import { ZonedStamp } from '../model/trace-id.js';
import { callTool } from './mcp-tool.js';
import type { McpQueries } from './mcp-tool.js';
import { MCP_TOOLS } from './mcp-tools.js';
import { errorAnswer } from './tool-error.js';

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

const finding = (index: number): TraceFinding => ({
  ...item(index),
  error: { location: NAUGHTY, message: NAUGHTY },
  reply: NAUGHTY,
  hints: [{ rule: 'error', hint: `❌ ${NAUGHTY}`, records: [1] }],
  duplicate_of: null,
  tools: [NAUGHTY],
  tags: { [NAUGHTY]: NAUGHTY },
  match: { seq: 3, kind: NAUGHTY, name: NAUGHTY, place: NAUGHTY, excerpt: NAUGHTY },
  cursor: String(index + 1),
});

function queriesOf(given: FullTraceResponse, traces = 500): McpQueries & { asked: unknown[] } {
  const asked: unknown[] = [];
  const details = given.debug_hints.map((hint) => ({ rule: 'error', hint, records: [1, 2] }));
  const trace = { debug_hint_details: details, ...given };
  const page = (params: { limit?: number; before?: string }) => {
    asked.push(params);
    const limit = params.limit ?? 20;
    const from = params.before === undefined ? 0 : Number(params.before);
    const list = Array.from({ length: Math.min(limit, traces - from) }, (_, index) => finding(from + index));
    return { count: list.length, traces: list, next: from + limit < traces ? String(from + limit) : null };
  };
  return {
    asked,
    traces: async (params) => page(params),
    findings: async (params) => {
      const answer = page(params);
      return { ...answer, examined: answer.count, complete: answer.next === null };
    },
    trace: async () => trace,
    lastTrace: async () => trace,
    lastError: async () => ({
      ...trace,
      error_summary: { count: trace.errors.length, first_error: trace.errors[0] ?? null, locations: [] },
      export_command: '',
    }),
    errorGroups: async () =>
      ({ groups: [{ fingerprint: trace.errors[0]?.fingerprint, traces: 4 }], complete: true }) as never,
    values: async (of) => ({ of, values: [] }),
    conversation: async (contact_id, { limit = 10 } = {}) => ({
      contact_id,
      count: limit,
      next: null,
      turns: Array.from({ length: limit }, (_, index) => ({
        trace: item(index),
        type: NAUGHTY,
        direction: null,
        message: NAUGHTY.repeat(20),
        duplicate_of: null,
        replies: [{ timestamp: trace.started_at, text: NAUGHTY, channel: NAUGHTY }],
        steps: [],
        more_steps: 0,
        lead_score: null,
        agent: NAUGHTY,
        debug_hints: [NAUGHTY],
      })),
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
  find_traces: { limit: 100 },
  search: { query: 'x', limit: 100 },
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
    it.each([500, 2_000, 10_000])('answers within %i tokens, and names what it left out', async (max_tokens) => {
      const answer = await ask(name, queries, { max_tokens });
      expect(tokens(answer)).toBeLessThanOrEqual(max_tokens);
      if (max_tokens === 500) expect(JSON.stringify(answer)).toMatch(/"left_out"|"cut"/);
      // The estimate is what the tools bound: tokenizers count fewer.
      if (answer.left_out) expect(estimateTokens(JSON.stringify(answer))).toBeGreaterThan(max_tokens * 0.85);
      for (const part of answer.left_out ?? []) {
        expect(part).toEqual({ what: expect.any(String), count: expect.any(Number), how_to_get: expect.any(String) });
      }
    });
  });
});

describe('text from outside', () => {
  const queries = queriesOf(naughtyTrace(60), 30);

  it.each(names)('is only under "untrusted" in the answer of %s', async (name) => {
    const answer = await ask(name, queries, { max_tokens: 60_000 });
    expect(JSON.stringify(answer)).toMatch(/Ignore all previous|evil/);
    expect(JSON.stringify(trusted(answer))).not.toMatch(/Ignore|evil|heading|script|INST|quote|日本/);
  });

  it.each(names)('and no JSON is inside a text, in the answer of %s', async (name) => {
    const answer = await ask(name, queries, { max_tokens: 60_000 });
    expect(texts(answer).filter((text) => /^\s*[[{]/.test(text) && text.includes('":'))).toEqual([]);
  });

  it('is who called, bounded', async () => {
    const caller = { span_id: '00f067aa0ba902b7', sampled: true, baggage: `plan=pro,evil=${'x'.repeat(8_000)}` };
    const answer: any = await ask('get_trace', queriesOf({ ...naughtyTrace(60), caller }), { max_tokens: 6_000 });
    expect(answer.untrusted.caller).toMatch(/^span 00f067aa0ba902b7, sampled, baggage plan=pro,evil=x+…$/);
    expect(answer.untrusted.caller.length).toBeLessThan(210);
    expect(JSON.stringify(trusted(answer))).not.toMatch(/evil/);
  });

  it('is returned unchanged, to the byte', async () => {
    const trace = naughtyTrace(60);
    const answer = await ask('get_steps', queriesOf(trace), { steps: [2], max_tokens: 60_000 });
    const [step] = JSON.parse(JSON.stringify(answer)).steps;
    expect(step.untrusted.input).toEqual((trace.events[1] as any).data.input);
    expect(step.cut).toBeUndefined();
  });
});

it('returns the next page of a list, and omits no trace', async () => {
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

it('has the time in every answer', async () => {
  for (const name of names) expect((await ask(name, queriesOf(naughtyTrace(30)))).now).toMatch(/^\d{4}-.*Z$/);
});

describe('a trace of our own', () => {
  const types = defineEventTypes();
  const shown = (given: Story): FullTraceResponse =>
    fullTrace(assemble(given.stored()), {
      types,
      zone: new ZonedStamp('UTC'),
      now: given.start + 60_000_000,
      slowMs: 5_000,
      hints: [],
      duplicateOf: null,
    });
  const looped = (): Story => {
    const to = new Story().open().identify().span('a', 'agent', 'sofia');
    for (let n = 0; n < 1_000; n += 1) {
      to.at(n * 2)
        .span(`t${n}`, 'tool', 'check', { parent: 'a', input: { day: 5 } })
        .spanEnd(`t${n}`, 1, { output: { n } });
    }
    return to
      .span('f', 'tool', 'book', { parent: 'a', input: { day: 5, note: 'n'.repeat(500) } })
      .error('book', 'no slot', { span: 'f', stack: 'Error: no slot\n    at book (src/book.ts:1:2)' })
      .spanEnd('f', 3, { outcome: 'error' })
      .spanEnd('a', 2_010)
      .event('message_sent', { message: 'lo siento' })
      .end('error');
  };

  it('is a tree: equal steps are folded, errors are at their step, values keep their structure', async () => {
    const answer = await ask('get_trace', queriesOf(shown(looped())));
    expect(answer).toMatchObject({ status: 'error', reply: 'sent', counts: { errors: 1 } });
    expect(answer.findings).toEqual([
      { rule: 'error', means: expect.any(String), steps: [expect.any(Number)] },
      { rule: 'repeated_call', means: expect.stringMatching(/^A loop/), steps: expect.any(Array) },
    ]);
    const agent = answer.steps.find(({ kind }: any) => kind === 'agent');
    const [check, book] = agent.steps;
    expect(check).toMatchObject({
      times: 1_000,
      total_ms: 1_000,
      untrusted: { name: 'check', in: { day: 5 }, out: { n: 0 }, last_out: { n: 999 } },
    });
    expect(book).toMatchObject({ outcome: 'error', untrusted: { name: 'book', in: { day: 5 } } });
    expect(book.untrusted.in.note).toMatch(/^n{10,80}…$/);
    expect(book.steps).toMatchObject([
      { kind: 'error', untrusted: { message: 'no slot', frame: 'at book (src/book.ts:1:2)' } },
    ]);
    expect(answer.left_out).toBeUndefined();
    expect(tokens(answer)).toBeLessThan(900);
  });

  it('names the others that failed the same way', async () => {
    const queries = queriesOf(shown(looped()));
    expect((await ask('last_error', queries)).others.failed_the_same_way).toEqual({ last_hour: 4, last_day: 4 });
  });

  it('has its differences in words that say on which side they are', async () => {
    const [failed, well] = [shown(looped()), shown(new Story('1-2', 'well').open().identify().event('saved').end())];
    const queries = { ...queriesOf(failed), compare: async () => compareTraces(failed, well, 'contact') };
    const answer = await ask('diff_traces', queries, { a: 'x' });
    expect(answer.only_in_b).toMatchObject([{ b: { step: expect.any(Number) }, untrusted: { kind: 'saved' } }]);
    expect(answer.only_in_a.length).toBeGreaterThan(3);
    expect(answer.counts).toMatchObject({ only_in_b: 1, a_slower: 0, b_slower: 0 });
  });
});

describe('an error', () => {
  const queries = queriesOf(naughtyTrace(30));
  const refused = async (name: string, given: object, from: McpQueries = queries): Promise<any> => {
    try {
      return await ask(name, from, given);
    } catch (error) {
      return errorAnswer(error);
    }
  };

  it.each<[string, string, object, object]>([
    [
      'a bad value',
      'find_traces',
      { status: 'eror' },
      { allowed: expect.arrayContaining(['error']), did_you_mean: ['error'] },
    ],
    ['a bad choice', 'find_traces', { only: 'fail' }, { allowed: ['failed', 'suspicious'], did_you_mean: ['failed'] }],
    ['a bad time', 'find_traces', { since: 'yesterday' }, { allowed: expect.stringContaining('how long ago') }],
    ['a bad number', 'find_traces', { limit: 0 }, { allowed: 'a whole number from 1 to 100' }],
    ['an unknown argument', 'find_traces', { contact: 'ana' }, { did_you_mean: ['contact_id'] }],
    ['a missing argument', 'get_trace', { trace_id: undefined }, { allowed: expect.stringContaining('a trace id') }],
    ['unknown steps', 'get_steps', { steps: [99] }, { allowed: 'step numbers of the trace: 1-30' }],
  ])('about %s names the allowed ones', async (_what, name, given, expected) =>
    expect(await refused(name, given)).toMatchObject({
      error: { code: 'BAD_QUERY', message: expect.any(String), ...expected },
    }),
  );

  it('names the steps that the trace does not have', async () =>
    expect(await ask('get_steps', queries, { steps: [1, 99] })).toMatchObject({ unknown_steps: [99] }));

  it('is in the one form also for an id that several traces have', async () => {
    const ambiguous = new TraceCollectorError('TRACE_AMBIGUOUS', 'Several.', { candidates: [item(1), item(2)] });
    const from = { ...queries, trace: () => Promise.reject(ambiguous) };
    expect(await refused('get_trace', {}, from)).toEqual({
      error: { code: 'TRACE_AMBIGUOUS', message: 'Several.', did_you_mean: [item(1).trace_id, item(2).trace_id] },
    });
  });

  describe('about a value that no trace has', () => {
    const none = { ...queriesOf(naughtyTrace(30), 0) };
    const known = ['book_appointment', NAUGHTY];
    const from: McpQueries = {
      ...none,
      values: async (of) => ({ of, values: known.map((value) => ({ value, traces: 1 })) }),
    };

    it.each<[string, object, string]>([
      ['find_traces', { tool: 'book_apointment' }, 'UNKNOWN_VALUE'],
      ['search', { query: 'tool:book_apointment' }, 'UNKNOWN_VALUE'],
      ['find_traces', { contact_id: 'book_appointmen' }, 'CONTACT_NOT_FOUND'],
    ])('of %s %j names the ones that are like it', async (name, given, code) =>
      expect(await refused(name, given, from)).toEqual({
        error: {
          code,
          message: expect.stringMatching(/^No stored trace has the \w+ "book_apo?intmen?t?"|^No stored trace has/),
          untrusted: { did_you_mean: ['book_appointment'] },
        },
      }),
    );

    it('of a fingerprint names no other one', async () =>
      expect(await refused('find_traces', { fingerprint: 'f00' }, from)).toEqual({
        error: { code: 'UNKNOWN_VALUE', message: 'No stored trace has the fingerprint "f00".' },
      }));

    it('is none where each value is known', async () => {
      const answer = await ask('find_traces', { ...from, traces: queries.traces }, { tool: 'book', status: 'error' });
      expect(answer).toMatchObject({ count: 0, complete: true, examined: 0 });
    });
  });
});

it('has a sentence for each rule of the hints', () => {
  const missing = BUILT_IN_HINTS.filter(({ name }) => !EXPLAINED_RULES.includes(name)).map(({ name }) => name);
  expect(missing).toEqual([]);
});

/** All texts of a response. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** A response without its untrusted parts. */
function trusted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(trusted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => (key === 'untrusted' ? [] : [[key, trusted(part)]])),
  );
}
