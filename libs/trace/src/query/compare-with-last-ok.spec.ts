import { TraceCollectorError } from '../model/errors.js';
import type { CompareResponse } from '../contract/responses.js';
import { ALL_IS_WELL } from '../views/hints/hints.js';
import { compareWithLastOk } from './compare-with-last-ok.js';

describe('the trace that a report compares with', () => {
  const asked: string[][] = [];
  const answer = { identical: false } as CompareResponse;
  const queries = {
    compare: (a: string, b: string) => {
      asked.push([a, b]);
      return Promise.resolve(answer);
    },
  };
  const trace = (status: 'active' | 'completed' | 'error' | 'silent', ...debug_hints: string[]) => ({
    trace_id: 'one',
    status,
    debug_hints,
  });
  beforeEach(() => asked.splice(0));

  it.each([trace('error', '❌ x'), trace('silent', '🔇 x'), trace('completed', '🐢 Slow')])(
    'is the last completed one, for $status $debug_hints',
    async (given) => {
      expect(await compareWithLastOk(queries, given)).toBe(answer);
      expect(asked).toEqual([['one', 'last-ok']]);
    },
  );

  it.each([trace('completed', ALL_IS_WELL), trace('active', '⏳ Still running')])(
    'is absent, without a query, for $status $debug_hints',
    async (given) => {
      expect(await compareWithLastOk(queries, given)).toBeUndefined();
      expect(asked).toEqual([]);
    },
  );

  it('is absent where there is none, or the store cannot find it', async () => {
    const none = { compare: () => Promise.reject(new TraceCollectorError('TRACE_NOT_FOUND', 'none')) };
    expect(await compareWithLastOk(none, trace('error'))).toBeUndefined();
    expect(await compareWithLastOk({} as never, trace('error'))).toBeUndefined();
  });
});
