import { Probe } from '../../testing/conformance/functions/conformance-case.js';
import type { TraceRecorder } from '../recorder.js';
import { runInStore, runWith, UNTRACED } from '../trace-context.js';
import { currentTrace, traceCarrier, traceError, traceEvent, traceReply, traceRoute } from './trace-functions.js';

const JUNK: unknown[] = [undefined, null, 0, Number.NaN, '', 1n, Symbol('x'), [], {}, () => 1, Object.create(null)];
const hostile = new Proxy(
  {},
  {
    get() {
      throw new Error('hostile');
    },
  },
);
const functions = { traceEvent, traceError, traceRoute, traceReply } as unknown as Record<
  string,
  (...args: unknown[]) => unknown
>;

describe('the free functions', () => {
  it('record events', () => {
    const probe = new Probe();
    const data = { lead_score: 8 };
    probe.inTrace(() => {
      traceEvent('intelligence_analysis', data, { durationMs: 12.5 });
      traceRoute('supervisor', 'sofia', { reason: 'score >= 8', candidates: ['sofia', 'carlos'] });
      traceRoute('sofia', 'carlos');
      traceReply('¡Perfecto!', { channel: 'whatsapp', messageId: 'm1' });
      traceReply('ok');
    });
    expect(probe.recorder.events.map(({ type, data: recorded, durationMs }) => [type, recorded, durationMs])).toEqual([
      ['intelligence_analysis', data, 12.5],
      [
        'agent_routing',
        { from: 'supervisor', to: 'sofia', reason: 'score >= 8', candidates: ['sofia', 'carlos'] },
        undefined,
      ],
      ['agent_routing', { from: 'sofia', to: 'carlos' }, undefined],
      ['message_sent', { message: '¡Perfecto!', channel: 'whatsapp', message_id: 'm1' }, undefined],
      ['message_sent', { message: 'ok' }, undefined],
    ]);
  });

  it('record errors of any type', () => {
    const probe = new Probe();
    probe.inTrace(() => {
      traceError('check_calendar', undefined);
      traceError('check_calendar', 'text', { day: 'mon' });
    });
    expect(probe.recorder.errors).toEqual([
      { trace: 'trace-1', location: 'check_calendar', error: undefined, context: undefined },
      { trace: 'trace-1', location: 'check_calendar', error: 'text', context: { day: 'mon' } },
    ]);
  });

  it('omit an invalid duration', () => {
    const probe = new Probe();
    probe.inTrace(() => {
      for (const durationMs of [-1, Number.NaN, Number.POSITIVE_INFINITY, '5']) {
        traceEvent('timed', undefined, { durationMs: durationMs as number });
      }
    });
    expect(probe.recorder.events.map(({ durationMs }) => durationMs)).toEqual(Array(4).fill(undefined));
  });

  it.each(Object.keys(functions))('%s accepts anything, returns nothing and never throws', (name) => {
    const probe = new Probe();
    const fn = functions[name]!;
    for (const a of [...JUNK, hostile])
      for (const b of [...JUNK, hostile]) {
        expect(fn(a, b, a)).toBeUndefined();
        expect(probe.inTrace(() => fn(a, b, b))).toBeUndefined();
      }
    for (const { type } of probe.recorder.events) expect(typeof type).toBe('string');
  });

  it('survive a recorder that throws, also when it reports its own failure', () => {
    const recorder = new Proxy({} as TraceRecorder, {
      get: () => () => {
        throw new Error('defect');
      },
    });
    runWith({ recorder, key: 'k' }, () => {
      for (const fn of Object.values(functions)) expect(fn('a', 'b')).toBeUndefined();
      expect(currentTrace()).toBeUndefined();
      expect(traceCarrier()).toBeUndefined();
    });
  });

  it('return the current trace', () => {
    const probe = new Probe();
    expect(currentTrace()).toBeUndefined();
    expect(probe.inTrace(() => currentTrace())).toMatchObject({ traceId: 'trace-1', contactId: 'c1' });
    expect(probe.inTrace(() => JSON.parse(JSON.stringify(traceCarrier())))).toEqual(
      probe.recorder.carrierOf(probe.ref),
    );
  });

  it('do nothing in untraced work', () => {
    const probe = new Probe();
    probe.inTrace(() =>
      runInStore(UNTRACED, () => {
        for (const fn of Object.values(functions)) fn('a', 'b');
        expect(currentTrace()).toBeUndefined();
      }),
    );
    expect([probe.recorder.events, probe.recorder.errors]).toEqual([[], []]);
  });
});
