import { CHIPS, hasChip, toggleChip } from './search-chips.js';
import { askFitted, fitted } from './fit-range.js';
import { readViews, renamed, viewHash, withView } from './saved-views.js';
import { termAt } from './search-completion.js';
import { trends } from './trends.js';
import { unknownKey } from './unknown-keys.js';
import type { StatsResponse } from '../api/responses.js';

const chip = (label: string) => CHIPS.find((each) => each.label === label)!;

describe('filter chips', () => {
  it.each<[string, string, string]>([
    ['', 'failed', 'status:failed'],
    ['agent:sofia "no reply"', 'slow', 'agent:sofia "no reply" duration:>5s'],
    ['status:failed agent:sofia', 'failed', 'agent:sofia'],
    ['status:failed', 'running', 'status:failed,active'],
    ['status:failed,active', 'failed', 'status:active'],
    ['status:failed', 'silent', 'status:silent'],
    ['status:silent', 'failed', 'status:failed'],
    ['duration:>2s', 'slow', 'duration:>5s'],
    ['duration:>5s hola', 'slow', 'hola'],
    ['-status:failed', 'failed', '-status:failed status:failed'],
  ])('%j, %s: %j', (q, label, next) => expect(toggleChip(q, chip(label))).toBe(next));

  it('is on where the search has its term, and not where it excludes it', () => {
    expect(hasChip('STATUS:Failed', chip('failed'))).toBe(true);
    expect(hasChip('-status:failed', chip('failed'))).toBe(false);
    expect(hasChip('"status:failed"', chip('failed'))).toBe(false);
  });
});

describe('an unknown key', () => {
  it.each<[string, object]>([
    ['agnt:sofia status:error', { key: 'agnt', near: 'agent', corrected: 'agent:sofia status:error' }],
    ['"agnt:x" -toool:book', { key: '-toool', near: 'tool', corrected: '"agnt:x" -tool:book' }],
    ['customer:ana', { key: 'customer', near: undefined, corrected: 'customer:ana' }],
  ])('of %j', (q, found) => expect(unknownKey(q)).toEqual(found));

  it.each(['agent:sofia', 'http://x.example/a', '10:30', '"agnt:sofia"', 'hola', 'agnt:', ''])('is not in %j', (q) =>
    expect(unknownKey(q)).toBeUndefined(),
  );
});

describe('the time that a chart shows', () => {
  const HOUR = 3_600_000;
  const bars = (from: number, width: number, totals: readonly number[]) =>
    totals.map((total, index) => ({
      from: new Date(from + index * width).toISOString(),
      to: new Date(from + (index + 1) * width).toISOString(),
      total,
    }));

  it('stays where traces fill half of it, or where there are none', () => {
    expect(fitted(bars(0, HOUR, [0, 1, 0, 1]))).toBeUndefined();
    expect(fitted(bars(0, HOUR, [0, 0]))).toBeUndefined();
    expect(fitted([])).toBeUndefined();
  });

  it('is the part with traces, and stays open at the end where the last bar has some', () => {
    const day = bars(0, HOUR, [...Array.from({ length: 22 }, () => 0), 1, 1]);
    expect(fitted(day)).toEqual({ since: new Date(22 * HOUR).toISOString() });
    const early = bars(0, HOUR, [0, 1, ...Array.from({ length: 22 }, () => 0)]);
    expect(fitted(early)).toEqual({ since: new Date(HOUR).toISOString(), until: new Date(2 * HOUR).toISOString() });
  });

  it('is asked for again until it fits, and keeps the answer for the whole', async () => {
    const asked: object[] = [];
    const minute = HOUR / 60;
    const answers = [
      bars(0, 3 * HOUR, [...Array.from({ length: 9 }, () => 0), 5]),
      bars(27 * HOUR, minute, [...Array.from({ length: 59 }, () => 0), 5]),
      bars(28 * HOUR - 15 * minute, minute, [...Array.from({ length: 14 }, () => 0), 5]),
    ];
    const { whole, shown, range } = await askFitted({ since: '7d' }, async (given) => {
      asked.push(given);
      return { histogram: answers[asked.length - 1]! };
    });
    expect(asked).toEqual([
      { since: '7d' },
      { since: new Date(27 * HOUR).toISOString() },
      { since: new Date(28 * HOUR - 15 * minute).toISOString() },
    ]);
    expect(whole.histogram).toBe(answers[0]);
    expect(shown.histogram).toBe(answers[2]);
    expect(range).toEqual(asked[2]);
  });
});

describe('saved views', () => {
  const view = (name: string, hash = '#/') => ({ name, hash });

  it('are read from what this page stored, and nothing else', () => {
    const stored = [view('a'), view('b', 'javascript:alert(1)'), { name: 1 }, null, view('x'.repeat(61)), view('c')];
    expect(readViews(JSON.stringify(stored))).toEqual([view('a'), view('c')]);
    for (const text of [null, 'no json', '{}', '7']) expect(readViews(text)).toEqual([]);
  });

  it('have one name each', () => {
    expect(withView([view('a'), view('b')], view(' b ', '#/stats'))).toEqual([view('b', '#/stats'), view('a')]);
    expect(withView([view('a')], view('  '))).toEqual([view('a')]);
    expect(renamed([view('a'), view('b', '#/errors')], 'b', 'a')).toEqual([view('a', '#/errors')]);
    expect(renamed([view('a'), view('b')], 'a', ' ')).toEqual([view('a'), view('b')]);
  });

  it('have no selected row', () => {
    expect(viewHash('#/?q=a%3Db&at=x')).toBe('#/?q=a%3Db');
    expect(viewHash('#/errors?f=1')).toBe('#/errors');
    expect(viewHash('')).toBe('#/');
  });
});

it('the term at the caret is not inside quotes', () => {
  expect(termAt('-agent:so', 9)).toEqual({ minus: '-', key: 'agent', begun: 'so' });
  expect(termAt('"agent:so', 9)).toBeUndefined();
  expect(termAt('agent:sofia', 8)).toBeUndefined();
});

describe('numbers over time', () => {
  const part = {
    from: '',
    to: '',
    total_traces: 10,
    error_traces: 1,
    error_rate: 0.1,
    p50_ms: 1,
    p95_ms: 1_000,
    replies: 4,
    tokens: null,
    cost_usd: 0.5,
  };
  const none = { ...part, total_traces: 0, error_rate: null, p95_ms: null, replies: 0, cost_usd: null };
  const stats = {
    total_traces: 10,
    error_traces: 3,
    error_rate: 0.3,
    active_traces: 0,
    p95_ms: 1_050,
    usage: { calls: 2, cost_usd: 0.25 },
    over_time: [part, none],
    previous: part,
  } as unknown as StatsResponse;
  const of = (given: StatsResponse) => Object.fromEntries(trends(given).map((trend) => [trend.name, trend]));

  it('have a number, a change and a line', () => {
    const found = of(stats);
    expect(found['error rate']).toMatchObject({
      value: '30 %',
      change: { words: '▲ 20.0 points (before: 10 %)', isWorse: true },
      line: [0.1, null],
    });
    expect(found['95th percentile']).toMatchObject({ value: '1.05 s', change: { isWorse: false } });
    expect(found.replies).toMatchObject({ value: '4', change: { words: 'as before' }, line: [4, 0] });
    expect(found['cost of models']!.change!.words).toBe('▼ 50 % (before: $0.5)');
  });

  it('are unknown where nothing was measured, and never 0', () => {
    expect(of(stats).tokens).toMatchObject({ value: 'unknown', change: undefined, line: [null, null] });
    expect(of(stats).tokens!.words(null)).toBe('unknown');
    const { over_time: _, previous: __, ...rest } = { ...stats, total_traces: 0, usage: undefined };
    for (const { value, change, line } of trends(rest as StatsResponse)) {
      expect([value, change, line]).toEqual(['unknown', undefined, []]);
    }
    const before = { ...stats, previous: { ...none, replies: 0 } };
    expect(trends(before).every(({ change }) => change === undefined)).toBe(true);
  });
});
