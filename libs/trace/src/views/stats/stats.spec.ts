import { emptySums } from '../../model/usage-sums.js';
import type { TraceSample } from '../../model/trace.js';
import { spellMs } from '../text/durations.js';
import { health } from './health.js';
import { partsOf, periodBefore, statsPart } from './over-time.js';
import { stats } from './stats.js';

const HOUR = 3_600_000_000;
const DAY = Date.UTC(2024, 0, 20) * 1000;
const NOTHING: TraceSample = { byStatus: {}, durations: [], routing: [], tools: [], buckets: [] };

describe('stats', () => {
  it('are zeros without traces', () => {
    expect(stats(NOTHING, {})).toEqual({
      since: null,
      until: null,
      total_traces: 0,
      error_traces: 0,
      error_rate: 0,
      average_duration_ms: 0,
      p50_ms: 0,
      p95_ms: 0,
      p99_ms: 0,
      agent_routing: {},
      tools: {},
      by_agent: {},
      by_tool: {},
      active_traces: 0,
      by_status: { active: 0, completed: 0, error: 0, silent: 0, timeout: 0, interrupted: 0, cancelled: 0 },
      histogram: [],
    });
  });

  it('count every failed status as failed', () => {
    const byStatus = { completed: 4, error: 1, timeout: 1, interrupted: 1, silent: 1, cancelled: 1, active: 1 };
    expect(stats({ ...NOTHING, byStatus }, {})).toMatchObject({ total_traces: 10, error_traces: 4, error_rate: 0.4 });
  });

  it('count and rank', () => {
    const sample: TraceSample = {
      byStatus: { completed: 5, error: 1, active: 1 },
      durations: Array.from({ length: 100 }, (_, index) => 100 - index),
      routing: [
        { route: 'supervisor → maria', count: 1 },
        { route: 'supervisor → sofia', count: 12 },
      ],
      tools: [{ name: 'crm', count: 3 }],
      buckets: [],
    };
    expect(stats(sample, { since: DAY, until: DAY + HOUR })).toMatchObject({
      since: '2024-01-20T00:00:00.000000Z',
      until: '2024-01-20T01:00:00.000000Z',
      total_traces: 7,
      error_traces: 1,
      error_rate: 0.1429,
      average_duration_ms: 50.5,
      p50_ms: 50,
      p95_ms: 95,
      p99_ms: 99,
      active_traces: 1,
      tools: { crm: 3 },
    });
    expect(Object.keys(stats(sample, {}).agent_routing)).toEqual(['supervisor → sofia', 'supervisor → maria']);
    expect(sample.durations[0]).toBe(100);
  });

  it.each<[number[], number, number]>([
    [[7], 50, 7],
    [[7], 99, 7],
    [[1, 2], 50, 1],
    [[1, 2, 3, 4], 95, 4],
    [[], 50, 0],
  ])('nearest rank of %j at %i is %i', (durations, percent, expected) =>
    expect(stats({ ...NOTHING, durations }, {})).toHaveProperty(`p${percent}_ms`, expected),
  );

  it('count a duration by its weight', () => {
    const sample = { ...NOTHING, durations: [1, 10, 100], weights: [49, 50, 1], totalMs: 655 };
    expect(stats(sample, {})).toMatchObject({ average_duration_ms: 6.55, p50_ms: 10, p95_ms: 10, p99_ms: 10 });
    expect(stats({ ...sample, weights: [50, 48, 2] }, {})).toMatchObject({ p50_ms: 1, p95_ms: 10, p99_ms: 100 });
  });

  it('separate agents and tools, each with its own times', () => {
    const steps = (['agent', 'tool'] as const).map((kind) => ({
      kind,
      name: 'x',
      count: 4,
      errors: 1,
      durations: [kind === 'tool' ? 5 : 7],
      weights: [3],
      totalMs: 15,
    }));
    const { by_agent, by_tool } = stats({ ...NOTHING, steps }, {});
    expect(by_tool).toEqual({
      x: { count: 4, errors: 1, average_duration_ms: 5, p50_ms: 5, p95_ms: 5, p99_ms: 5 },
    });
    expect(by_agent).toMatchObject({ x: { p50_ms: 7 } });
  });

  it('have bars of one round width, also empty ones, and lose no trace', () => {
    const buckets = [0, 0.5, 20].map((hour) => ({ startedAt: DAY + hour * HOUR, total: 2, errors: 1 }));
    const { histogram } = stats({ ...NOTHING, buckets }, { since: DAY, until: DAY + 24 * HOUR });
    expect(histogram).toHaveLength(48);
    expect(histogram[0]).toEqual({
      from: '2024-01-20T00:00:00.000000Z',
      to: '2024-01-20T00:30:00.000000Z',
      total: 2,
      errors: 1,
    });
    expect(histogram.reduce((sum, { total }) => sum + total, 0)).toBe(6);
    expect(histogram.filter(({ total }) => total === 0)).toHaveLength(45);
  });

  it.each([0, 1, HOUR, 30 * 24 * HOUR, 3650 * 24 * HOUR, 100_000 * 24 * HOUR])(
    'have at most 60 bars over %i µs',
    (range) => {
      const buckets = [0, range].map((offset) => ({ startedAt: DAY + offset, total: 1, errors: 0 }));
      const { histogram } = stats({ ...NOTHING, buckets }, {});
      expect(histogram.length).toBeLessThanOrEqual(60);
      expect(histogram.reduce((sum, { total }) => sum + total, 0)).toBe(2);
    },
  );
});

describe('parts over time', () => {
  const at = (...hours: number[]) => hours.map((hour) => ({ startedAt: DAY + hour * HOUR, total: 1, errors: 0 }));

  it.each<[string, number[], { since?: number; until?: number }, number, number]>([
    ['an hour', [0, 0.9], { since: DAY, until: DAY + HOUR - 1 }, 12, HOUR / 12],
    ['five hours', [0, 4.5], {}, 55, HOUR / 12],
    ['a day', [3], { since: DAY, until: DAY + 24 * HOUR - 1 }, 24, HOUR],
    ['a week', [3], { since: DAY, until: DAY + 168 * HOUR - 1 }, 56, 3 * HOUR],
    ['ten years', [0, 87_600], {}, 41, 90 * 24 * HOUR],
  ])('of %s are few, of one round width, without gaps', (_name, hours, range, most, width) => {
    const parts = partsOf(at(...hours), range);
    expect(parts.length).toBeLessThanOrEqual(60);
    expect(parts.length).toBe(most);
    expect(parts[1] ? parts[1].until - parts[1].since + 1 : width).toBe(width);
    for (const [i, { since }] of parts.entries()) if (i > 0) expect(since).toBe(parts[i - 1]!.until + 1);
    const last = Math.max(...at(...hours).map(({ startedAt }) => startedAt));
    expect(parts[0]!.since).toBeLessThanOrEqual(DAY + hours[0]! * HOUR);
    expect(parts.at(-1)!.until).toBeGreaterThanOrEqual(last);
  });

  it('are cut by the range, and none where there are no traces', () => {
    const range = { since: DAY + HOUR / 2, until: DAY + 6.25 * HOUR };
    const parts = partsOf(at(1), range);
    expect([parts.length, parts[0], parts.at(-1)]).toEqual([
      7,
      { since: range.since, until: DAY + HOUR - 1 },
      { since: DAY + 6 * HOUR, until: range.until },
    ]);
    expect(partsOf([], range)).toEqual([]);
  });

  it('say what is not known', () => {
    const nothing = { total: 0, failed: 0, durations: [], weights: [], replies: 0 };
    expect(statsPart({ since: DAY, until: DAY + HOUR - 1 }, nothing)).toEqual({
      from: '2024-01-20T00:00:00.000000Z',
      to: '2024-01-20T01:00:00.000000Z',
      total_traces: 0,
      error_traces: 0,
      error_rate: null,
      p50_ms: null,
      p95_ms: null,
      replies: 0,
      tokens: null,
      cost_usd: null,
    });
    const some = { total: 3, failed: 1, durations: [1, 9], weights: [18, 2], replies: 2 };
    const usage = { ...emptySums(), calls: 2, total: 120, costNano: 250_000_000 };
    expect(statsPart({ since: DAY, until: DAY + HOUR - 1 }, { ...some, usage })).toMatchObject({
      error_rate: 0.3333,
      p50_ms: 1,
      p95_ms: 9,
      replies: 2,
      tokens: 120,
      cost_usd: 0.25,
    });
  });

  it('have a period before of the same length', () => {
    expect(periodBefore({ since: DAY, until: DAY + HOUR - 1 })).toEqual({ since: DAY - HOUR, until: DAY - 1 });
    expect(periodBefore({ since: 0, until: DAY })).toBeUndefined();
  });
});

describe('health', () => {
  const facts = {
    counts: { total: 9, active: 1, errors: 2 },
    journal: { bytes: 10, segments: 1, lag: 0 },
    dropped: { ENOSPC: 0 },
    corruptRecords: 0,
    problems: [],
    internalErrors: 0,
    version: '1.2.3',
    now: DAY,
  };

  it('is ok', () => {
    expect(health(facts)).toEqual({
      status: 'ok',
      reasons: [],
      total_traces: 9,
      active_traces: 1,
      error_traces: 2,
      timestamp: '2024-01-20T00:00:00.000000Z',
      journal: { bytes: 10, segments: 1, lag: 0 },
      dropped: { ENOSPC: 0 },
      corrupt_records: 0,
      self_errors: 0,
      version: '1.2.3',
    });
  });

  it('is degraded if anything is lost or broken, with the reasons', () => {
    const bad = {
      ...facts,
      dropped: { ENOSPC: 2, too_large: 1 },
      corruptRecords: 1,
      problems: ['No space.'],
      internalErrors: 2,
    };
    expect(health(bad)).toMatchObject({
      status: 'degraded',
      reasons: [
        'No space.',
        '3 records could not be written (ENOSPC: 2, too_large: 1).',
        '1 record could not be read back.',
        'The collector itself failed 2 times; the application was not affected.',
      ],
    });
  });
});

it.each<[number, string]>([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [59_949, '59.9 s'],
  [59_951, '1 min'],
  [61_000, '1 min 1 s'],
  [3_599_900, '1 h'],
  [5_400_000, '1 h 30 min'],
  [86_400_000 * 2, '2 d'],
])('spells %d ms as %s', (ms, words) => expect(spellMs(ms)).toBe(words));
