import type { TraceRecord } from './record.js';
import { emptyHead, reduceHead } from './trace.reducer.js';

const T0 = 1_700_000_000_000_000;
let seq = 0;

function headOf(...records: (Record<string, unknown> & { kind: string; at: number })[]) {
  const head = emptyHead('1-1');
  for (const { at, ...fields } of records) {
    reduceHead(head, { trace: '1-1', seq: (seq += 1), ts: T0 + at, ...fields } as unknown as TraceRecord);
  }
  return head;
}

const open = { kind: 'open', at: 0, id: 'a', traceparent: '' };
const error = (at: number, late?: true) => ({
  kind: 'error',
  at,
  location: 'x',
  type: 'Error',
  message: '',
  fingerprint: 'f',
  late,
});
const end = (status: string, at: number, more = {}) => ({ kind: 'end', at, status, ...more });

describe('model calls', () => {
  const ended = (span: string, usage?: object) => ({ kind: 'span_end', at: 1, span, ms: 1, usage });

  it('are summed by model and by agent, with the cost of each', () => {
    const head = emptyHead('1-1');
    const price = ({ model }: { model?: string }) => (model === 'a' ? { nano: 7, source: 'table' } : undefined);
    for (const record of [
      ended('s1', { model: 'a', agent: 'sofia', input: 5, output: 1 }),
      ended('s2', { model: '__proto__', input: 2 }),
      ended('s3', { model: 'a' }),
      ended('s4'),
    ]) {
      reduceHead(head, { trace: '1-1', seq: 1, ts: T0, ...record } as unknown as TraceRecord, price);
    }
    expect(head.models).toEqual(['a', '__proto__']);
    expect(head.usage).toMatchObject({ calls: 3, input: 7, output: 1, total: 8, unknownTokens: 1, costNano: 14 });
    expect(head.usage).toMatchObject({ unknownCost: 1, prices: ['table'], spans: { s1: 7, s3: 7 } });
    expect(Object.keys(head.usage!.models)).toEqual(['a', '__proto__']);
    expect(head.usage!.agents).toMatchObject({ sofia: { calls: 1, costNano: 7 } });
  });

  it('are bounded: 64 models, 500 costs, and all of them in the sums', () => {
    const head = emptyHead('1-1');
    for (let n = 0; n < 600; n += 1) {
      const record = { trace: '1-1', seq: n, ts: T0, ...ended(`s${n}`, { model: `m${n}`, agent: `a${n}`, input: 1 }) };
      reduceHead(head, record as unknown as TraceRecord, () => ({ nano: 1, source: 'table' }));
    }
    const { models, agents, spans, ...sums } = head.usage!;
    expect([Object.keys(models).length, Object.keys(agents).length, Object.keys(spans).length]).toEqual([65, 65, 500]);
    expect(sums).toMatchObject({ calls: 600, input: 600, costNano: 600 });
    expect(models.other).toMatchObject({ calls: 536, costNano: 536 });
    expect(head.models).toHaveLength(64);
  });

  it('keep the last value of 32 tags, and the highest level of a log line', () => {
    const event = (facts: object) => ({ kind: 'event', at: 1, type: 'x', facts });
    const tags = Array.from({ length: 40 }, (_, n) => event({ tag: { key: `k${n}`, value: n } }));
    const head = headOf(
      open,
      ...tags,
      event({ tag: { key: 'k0', value: 'last' } }),
      event({ level: 'error' }),
      event({ level: 'warn' }),
      event({ level: 'debug' }),
    );
    expect(Object.keys(head.tags)).toHaveLength(32);
    expect(head).toMatchObject({ tags: { k0: 'last', k31: 31 }, logged: 'error' });
  });
});

describe('the end of a trace', () => {
  it.each(['completed', 'silent', 'cancelled'])(
    '%s becomes an error when one was recorded, before the end or late',
    (status) => {
      expect(headOf(open, error(5), end(status, 9))).toMatchObject({ status: 'error', endedAt: T0 + 9 });
      const late = headOf(open, end(status, 9), error(500, true));
      expect(late).toMatchObject({ status: 'error', errors: 1, lateEvents: 1, endedAt: T0 + 9, lastAt: T0 });
    },
  );

  it.each(['timeout', 'interrupted'])('%s is unchanged', (status) => {
    expect(headOf(open, error(5), end(status, 9)).status).toBe(status);
    expect(headOf(open, end(status, 9), error(500, true)).status).toBe(status);
  });

  it('has the time of its own record', () => {
    expect(headOf(open, end('timeout', 8_000_000))).toMatchObject({ lastAt: T0, endedAt: T0 + 8_000_000 });
  });

  it('found by another process does not count once the trace continues', () => {
    const event = { kind: 'event', at: 20, type: 'x' };
    expect(headOf(open, event, end('interrupted', 11, { by: 7 }))).toMatchObject({ status: 'active', endedAt: null });
    expect(headOf(open, end('completed', 10), end('interrupted', 11, { by: 7 }))).toMatchObject({
      status: 'completed',
      endedAt: T0 + 10,
    });
  });
});
