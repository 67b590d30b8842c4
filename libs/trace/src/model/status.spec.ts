import {
  FAILED_STATUSES,
  hasFailed,
  isFailing,
  parseStatuses,
  statusList,
  TRACE_STATUSES,
  spanTypeOf,
} from './status.js';

describe('statuses', () => {
  it('that count as failed are error, timeout, interrupted and silent, and no other', () => {
    expect(TRACE_STATUSES.filter(hasFailed)).toEqual(['error', 'silent', 'timeout', 'interrupted']);
    expect(isFailing({ status: 'active', errors: 1 })).toBe(true);
    expect(isFailing({ status: 'cancelled', errors: 0 })).toBe(false);
  });

  it.each([
    ['error', ['error']],
    ['error,timeout', ['error', 'timeout']],
    [' Error , TIMEOUT,error', ['error', 'timeout']],
    ['failed', [...FAILED_STATUSES]],
    ['failed,cancelled', [...FAILED_STATUSES, 'cancelled']],
    ['', undefined],
    ['error,', undefined],
    ['error,nope', undefined],
    ['__proto__', undefined],
  ])('a filter %j names %j', (text, statuses) => expect(parseStatuses(text)).toEqual(statuses));

  it('a filter is one, several or none', () => {
    expect([statusList('error'), statusList(['silent']), statusList(undefined)]).toEqual([
      ['error'],
      ['silent'],
      undefined,
    ]);
  });
});

it('reads the older name of a step', () => {
  expect(spanTypeOf('node')).toBe('step');
  expect(spanTypeOf('llm')).toBe('llm');
  expect(spanTypeOf('chain')).toBeUndefined();
});
