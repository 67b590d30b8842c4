import { SEARCH_KEYS } from '../../../trace/src/contract/search-terms.js';
import type { EventDto } from '../api/responses.js';
import { callCost, costCell, costWords, shortCount, tokenCount, tokenWords } from '../format/usage.js';
import { dollars } from '../../../trace/src/model/money.js';
import { modelsOf, statusWords } from './call-facts.js';
import { foldedWords, foldingOf, stepRows } from './step-rows.js';
import { stepTree } from './step-tree.js';
import { isErrorLevel, isLoud } from './log-level.js';
import { completions, SEARCH_TERMS } from './search-completion.js';
import { spokenIn } from './spoken.js';
import { tagsOf } from './tags.js';
import { traceLog } from './trace-log.js';

const START = '2026-11-20T14:30:22.000000Z';

const event = (seq: number, fields: Partial<EventDto>): EventDto => ({
  seq,
  timestamp: START,
  type: 'step',
  name: null,
  span_id: null,
  parent_span_id: null,
  duration_ms: null,
  data: null,
  ...fields,
});

const call = (seq: number, { parent = 'a', status = 200, resend = 0, path = '/x', type = 'http' } = {}): EventDto =>
  event(seq, {
    type,
    name: 'GET x.example',
    span_id: `s${seq}`,
    parent_span_id: parent,
    duration_ms: 10,
    data: { outcome: status < 400 ? 'ok' : 'error' },
    attributes: {
      'http.request.method': 'GET',
      'server.address': 'x.example',
      'url.template': path,
      'http.response.status_code': status,
      ...(resend > 0 && { 'http.request.resend_count': resend }),
    },
  });

const line = (seq: number, level: string, span: string | null = null) =>
  event(seq, { type: 'log', span_id: span, data: { level, message: 'x' } });

describe('folding', () => {
  const logOf = (events: EventDto[]) => traceLog({ events, errors: [], started_at: START, status: 'completed' });
  interface Shown {
    quiet?: boolean;
    opened?: number[];
    closed?: number[];
    focused?: number[];
  }
  const shownOf = (events: EventDto[], { quiet = false, opened, closed, focused }: Shown = {}) => {
    const log = logOf(events);
    const shown = { quiet, opened: new Set(opened), closed: new Set(closed), focused: new Set(focused) };
    return { log, ...stepRows(log, stepTree(log), foldingOf(log), shown) };
  };
  const rows = (events: EventDto[], shown?: Shown) => {
    const { log, rows: all } = shownOf(events, shown);
    return all.map(({ index, depth, group }) => ({
      seq: log[index]!.event.seq,
      depth,
      ...(group && { [group.kind]: group.members.map((at) => log[at]!.event.seq) }),
    }));
  };
  const tool = (seq: number, name: string, parent: string | null = null, fields: Partial<EventDto> = {}) =>
    event(seq, { type: 'tool', name, span_id: `t${seq}`, parent_span_id: parent, duration_ms: 1, ...fields });

  it('leaves out calls and lines without news, and indents what is inside them as if they were not there', () => {
    const events = [
      event(1, { type: 'agent', name: 'a', span_id: 'a', duration_ms: 1 }),
      call(2),
      event(3, { type: 'message_sent', span_id: 's2' }),
      line(4, 'log', 'a'),
      line(5, 'warn', 'a'),
    ];
    expect(rows(events)).toEqual([
      { seq: 1, depth: 0 },
      { seq: 3, depth: 1 },
      { seq: 5, depth: 1 },
    ]);
    expect(rows(events, { quiet: true }).map(({ depth }) => depth)).toEqual([0, 1, 2, 1, 1]);
    expect(rows(events, { focused: [1] })).toContainEqual({ seq: 3, depth: 2 });
    expect(foldedWords(foldingOf(logOf(events)))).toBe('1 outgoing call and 1 log line');
  });

  it('has one row for the attempts of one call, and only for those', () => {
    const events = [
      call(1, { status: 429 }),
      call(2, { path: '/other' }),
      call(3, { status: 500, resend: 1 }),
      call(4, { parent: 'b', resend: 2 }),
      call(5, { resend: 2 }),
      call(6, { status: 404 }),
      call(7, { status: 404, resend: 3 }),
    ];
    expect(rows(events)).toEqual([
      { seq: 1, depth: 0, attempts: [1, 3, 5] },
      { seq: 6, depth: 0 },
      { seq: 7, depth: 0 },
    ]);
    expect(rows(events, { opened: [0] }).map(({ seq }) => seq)).toEqual([1, 1, 3, 5, 6, 7]);
    expect(rows(events, { focused: [2] }).map(({ seq }) => seq)).toEqual([1, 1, 3, 5, 6, 7]);
  });

  it('has the row of each entry', () => {
    const events = [call(1, { status: 429 }), line(2, 'log'), call(3, { resend: 1 })];
    expect([...shownOf(events).rowOf]).toEqual([0, -1, 0]);
    expect([...shownOf(events, { opened: [0] }).rowOf]).toEqual([1, -1, 2]);
  });

  it('has one row for equal steps in a row, also for turns of several', () => {
    const slots = [1, 2, 3].map((seq) => tool(seq, 'list_slots'));
    const turns = [4, 6, 8].flatMap((seq) => [tool(seq, 'ask'), tool(seq + 1, 'look')]);
    expect(rows([...slots, ...turns, tool(10, 'list_slots')])).toEqual([
      { seq: 1, depth: 0, repeats: [1, 2, 3] },
      { seq: 4, depth: 0, repeats: [4, 5, 6, 7, 8, 9] },
      { seq: 10, depth: 0 },
    ]);
    expect(rows(slots, { focused: [1] }).map(({ depth }) => depth)).toEqual([0, 1, 1, 1]);
  });

  it('never folds a failed or running step among others, messages, or events without a step', () => {
    const mixed = [tool(1, 'x'), tool(2, 'x', null, { data: { outcome: 'error' } }), tool(3, 'x'), tool(4, 'x')];
    expect(rows(mixed).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    const sent = [1, 2, 3, 4].map((seq) => event(seq, { type: 'message_sent', data: { message: 'again' } }));
    expect(rows(sent)).toHaveLength(4);
    expect(rows([1, 2, 3, 4].map((seq) => event(seq, { type: 'custom' })))).toHaveLength(4);
  });

  it('closes a step with all inside it, unless a focused step is there', () => {
    const events = [tool(1, 'a'), tool(2, 'b', 't1'), tool(3, 'c', 't2'), tool(4, 'd')];
    expect(rows(events, { closed: [0] }).map(({ seq }) => seq)).toEqual([1, 4]);
    expect(rows(events, { closed: [0, 1], focused: [2] }).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it('has each entry once in a tree, also in rings and below thousands of spans', () => {
    const ring = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => tool(from + n, `r${n}`, `t${from + ((n + 1) % count)}`));
    const deep = Array.from({ length: 5_000 }, (_, n) => tool(1_000 + n, `d${n}`, n === 0 ? null : `t${999 + n}`));
    const events = [...ring(1, 2), ...ring(10, 60), ...deep];
    const seen = rows(events).map(({ seq }) => seq);
    expect(seen).toHaveLength(events.length);
    expect(new Set(seen).size).toBe(events.length);
  });

  it.each<[unknown, boolean, boolean]>([
    ['debug', false, false],
    ['info', false, false],
    ['warning', true, false],
    ['error', true, true],
    ['fatal', true, true],
    ['audit', true, false],
    [30, true, false],
  ])('level %j: shown %s, a failure %s', (level, loud, failure) =>
    expect([isLoud(level), isErrorLevel(level)]).toEqual([loud, failure]),
  );
});

describe('tokens and cost', () => {
  it.each<[number, string]>([
    [0, '$0'],
    [0.000_000_001, '$0.000000001'],
    [0.000_296_8, '$0.0003'],
    [0.000_34, '$0.00034'],
    [0.012_34, '$0.012'],
    [0.999, '$1'],
    [1.5, '$1.50'],
    [1_234.5, '$1,234.50'],
  ])('%d US dollars are %s', (usd, text) => expect(dollars(usd)).toBe(text));

  it('name an unknown cost, and never call it $0', () => {
    expect(costWords({})).toBe('cost unknown');
    expect(costWords({ cost_usd: null })).toBe('cost unknown');
    expect(costWords({ cost_usd: 0.5, unknown_cost_calls: 2 })).toBe('$0.5, cost of 2 calls unknown');
    expect([callCost({}), callCost({ cost_usd: null }), callCost({ cost_usd: 2 })]).toEqual([
      '',
      'cost unknown',
      '$2.00',
    ]);
    expect([costCell({}), costCell({ cost_usd: 0.5, unknown_cost_calls: 1 })]).toEqual(['unknown', '$0.5+']);
  });

  it('show the counts that were reported', () => {
    expect(tokenWords({ input_tokens: 812, output_tokens: 64 })).toBe('812→64 tokens');
    expect(tokenWords({ input_tokens: 1_000 })).toBe('1,000 tokens');
    expect(tokenWords({ total_tokens: 0 })).toBe('0 tokens');
    expect(tokenWords({})).toBe('');
    expect([tokenCount({}), tokenCount({ output_tokens: 3 })]).toEqual([undefined, 3]);
    expect([9_999, 10_000, 999_949, 999_950].map(shortCount)).toEqual(['9,999', '10.0k', '999.9k', '1.0M']);
  });
});

describe('what a trace called', () => {
  const model = (asked: string | undefined, answered?: string) =>
    event(1, {
      type: 'llm',
      name: 'x',
      attributes: {
        ...(asked && { 'gen_ai.request.model': asked }),
        ...(answered && { 'gen_ai.response.model': answered }),
      },
    });

  it('lists each model once, by the name of the model that answered', () =>
    expect(
      modelsOf([model('a'), model('b'), model('a', 'a-2026'), model('a'), model(undefined, 'c'), model(undefined)]),
    ).toEqual(['a-2026', 'b', 'c']));

  it.each([
    [{ status: 200 }, '200'],
    [{ status: 400, error: '131030' }, '400 (131030)'],
    [{ status: 429, error: '429' }, '429'],
    [{ error: 'ECONNRESET' }, 'ECONNRESET'],
    [{}, ''],
  ])('the result of a call %j is %j', (facts, words) => expect(statusWords({ resend: 0, ...facts })).toBe(words));

  it('has the last value of each tag, and no tag of another type', () => {
    const tag = (data: unknown, name: string | null = null) => event(1, { type: 'trace_tag', data, name });
    expect(
      tagsOf([
        tag({ key: 'plan', value: 'free' }),
        tag({ key: 'plan', value: 'gold' }),
        tag({ key: 'n', value: 0 }),
        tag({ key: 'odd', value: {} }),
        tag({ key: 7, value: 7 }),
        tag(null),
        tag({ key: 'span', value: 1 }, 'a span of this type'),
      ]),
    ).toEqual({ plan: 'gold', n: 0 });
  });

  it('has its messages, each reply once, in order of time', () => {
    const at = (second: number) => START.replace('22.', `${second}.`);
    const spoken = spokenIn({
      webhook_message: 'Hola',
      events: [
        event(1, { type: 'webhook_received', timestamp: at(22), data: {} }),
        event(2, { type: 'message_failed', timestamp: at(25), data: { provider: 'x', code: 7, status: 400 } }),
        event(3, { type: 'message_sent', timestamp: at(24), data: { text: 'one', via: 'http' } }),
        event(4, { type: 'message_sent', timestamp: at(26), data: { text: 'one' }, again: true }),
      ],
    });
    expect(spoken.map((one) => (one.kind === 'in' ? one.text : one.reply))).toEqual([
      'Hola',
      expect.objectContaining({ text: 'one', via: 'http' }),
      expect.objectContaining({ provider: 'x', code: '7', status: 400 }),
    ]);
  });
});

describe('completion of a search', () => {
  const known = { model: ['gpt-5-mini', 'two words'] };
  const offered = (text: string, caret = text.length) => completions(text, caret, known).map((each) => each.text);

  it('knows the keys that the server reads', () =>
    expect(SEARCH_TERMS.map(({ key }) => key).sort()).toEqual(Object.keys(SEARCH_KEYS).sort()));

  it('offers the terms that begin so, where a term can stand', () => {
    expect(offered('').length).toBeGreaterThan(10);
    expect(offered('contact:ana to')).toEqual(['contact:ana tool:', 'contact:ana tokens:']);
    expect(offered('-mo')).toEqual(['-model:']);
    expect(offered('xyz')).toEqual([]);
    expect(offered('"mo')).toEqual([]);
    expect(offered('model x', 2)).toEqual([]);
    expect(offered('mo x', 2)).toEqual(['model: x']);
  });

  it('offers values, quoted where they need it, and not the one that is there', () => {
    expect(offered('model:')).toEqual(['model:gpt-5-mini', 'model:"two words"']);
    expect(offered('x model:WORD')).toEqual(['x model:"two words"']);
    expect(offered('model:gpt-5-mini')).toEqual([]);
    expect(offered('log:w')).toEqual(['log:warn']);
    expect(offered('cost:>')).toEqual(['cost:>0.001', 'cost:>0.01', 'cost:>0.1']);
    expect(offered('odd:')).toEqual([]);
    expect(completions('log:', 4, known)[0]).toMatchObject({ caret: 8, whole: true });
  });
});
