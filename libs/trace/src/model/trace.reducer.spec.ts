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
