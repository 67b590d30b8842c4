import { hasFailed } from '../libs/trace/src/model/status.js';
import { ADAPTERS } from './support/nest-app.js';
import { DEADLINES_SITUATIONS } from './support/situations/deadlines.table.js';
import { FAILING_SITUATIONS } from './support/situations/failing.table.js';
import { LEAVING_SITUATIONS } from './support/situations/leaving.table.js';
import { play, type Play } from './support/situations/play.js';
import { REFUSED_SITUATIONS } from './support/situations/refused.table.js';
import { SHUTDOWN_SITUATIONS } from './support/situations/shutdown.table.js';
import { QUIET_MS, type Situation } from './support/situations/situation.js';
import { WELL_SITUATIONS } from './support/situations/well.table.js';
import { WORK_SITUATIONS } from './support/situations/work.table.js';

const ALL = [
  ...WELL_SITUATIONS,
  ...FAILING_SITUATIONS,
  ...LEAVING_SITUATIONS,
  ...REFUSED_SITUATIONS,
  ...DEADLINES_SITUATIONS,
  ...WORK_SITUATIONS,
  ...SHUTDOWN_SITUATIONS,
];
/** Also compares the hints that depend on another part. */

it('has at least 60 situations, each with its own name', () => {
  expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
  expect(ALL.length).toBeGreaterThanOrEqual(60);
});

describe.each(ADAPTERS)('situations and their hints, on %s', (adapter) => {
  const situations = ALL.filter(({ once }) => !once || adapter === 'express');
  let result: Play;
  beforeAll(async () => {
    result = await play(adapter, situations);
  });

  describe.each(situations.map((situation): [string, Situation] => [situation.name, situation]))(
    '%s',
    (_name, situation) => {
      const { status, code, hints, summary, exactMs, atLeastMs } = situation;
      const played = () => {
        const { problem, ...rest } = result.played.get(situation)!;
        if (problem) throw problem;
        return rest;
      };

      it(`is ${status}`, () => {
        const { trace } = played();
        expect([trace.status, trace.webhook.status_code]).toEqual([status, code ?? null]);
        expect(trace.summary).toMatchObject(summary ?? { message_sent: false });
      });

      it('has these hints', () => {
        const { debug_hints: actual } = played().trace;
        expect(actual).toEqual(hints.map((hint) => (typeof hint === 'string' ? hint : expect.stringMatching(hint))));
      });

      it('has one duration, from its start to its end', () => {
        const { trace, seenAfterMs } = played();
        expect(trace.duration_ms).toBe(Math.round(microsBetween(trace.started_at, trace.ended_at) / 1000));
        // The deadline, or the last event where a busy machine delayed it.
        if (exactMs !== undefined) expect(trace.duration_ms).toBe(Math.max(exactMs, lastThingMs(trace)));
        if (atLeastMs !== undefined) expect(trace.duration_ms).toBeGreaterThanOrEqual(atLeastMs - 1);
        // The quiet time passed before the end was detected, and does not count.
        const quiet = situation.app === 'plain' ? QUIET_MS : 0;
        if (seenAfterMs !== undefined) expect(trace.duration_ms).toBeLessThanOrEqual(seenAfterMs - quiet + 5);
      });
    },
  );

  it('has the same result in lists, exports and numbers', () => {
    const { answers, exports, played } = result;
    const heads = new Map<string, any>(answers.all.traces.map((item: any) => [item.trace_id, item]));
    for (const [situation, exported] of exports) {
      const { trace } = played.get(situation)!;
      const same = { status: trace.status, duration_ms: trace.duration_ms };
      expect(heads.get(trace.trace_id)).toMatchObject({ ...same, errors: trace.errors.length });
      expect(exported).toMatchObject(same);
    }
    const ids = (of: any): string[] => of.traces.map((item: any) => item.trace_id);
    const failed = answers.all.traces.filter((item: any) => hasFailed(item.status));
    expect(ids(answers.failed)).toEqual(failed.map((item: any) => item.trace_id));
    expect(ids(answers.some).length).toBe(answers.all.traces.filter((item: any) => item.status.startsWith('c')).length);
    expect(answers.stats).toMatchObject({
      total_traces: answers.all.count,
      error_traces: failed.length,
      error_rate: Math.round((failed.length / answers.all.count) * 10_000) / 10_000,
    });
    expect(answers.lastError.trace_id).toBe(failed[0].trace_id);
    const durations: number[] = answers.all.traces.map((item: any) => item.duration_ms);
    const average = durations.reduce((sum, ms) => sum + ms, 0) / durations.length;
    expect(Math.abs(answers.stats.average_duration_ms - average)).toBeLessThanOrEqual(1);
  });
});

/** Milliseconds from the start to the last record that came before the end. */
function lastThingMs({ started_at, ended_at, events }: any): number {
  const inTime = events.filter(({ timestamp }: any) => timestamp <= ended_at);
  const ends = inTime.map(
    ({ timestamp, duration_ms }: any) => microsBetween(started_at, timestamp) / 1000 + (duration_ms ?? 0),
  );
  return Math.round(Math.max(...ends));
}

/** Microseconds between two ISO times. */
function microsBetween(from: string, to: string): number {
  const micros = (iso: string): number => Date.parse(`${iso.slice(0, 19)}Z`) * 1000 + Number(iso.slice(20, 26));
  return micros(to) - micros(from);
}
