import { errorReasons, reasonsSuffix } from './error-reasons.js';

describe('errorReasons', () => {
  it.each<[string, unknown, string[]]>([
    ['none', undefined, []],
    ['a detail without reasons', { status: 429 }, []],
    ['what is no list', { reasons: 'no' }, []],
    ['texts only', { reasons: ['a', 7, null, 'b'] }, ['a', 'b']],
    ['three, and how many more', { reasons: ['a', 'b', 'c', 'd', 'e'] }, ['a', 'b', 'c', 'and 2 more']],
    ['each on one line', { reasons: ['a\nb'] }, ['a b']],
  ])('reads %s', (_what, detail, expected) => expect(errorReasons(detail)).toEqual(expected));

  it('cuts long ones', () => {
    expect(errorReasons({ reasons: ['y'.repeat(10_000)] })[0]).toHaveLength(163);
  });

  it('writes them behind a message', () => {
    expect(reasonsSuffix({ reasons: ['a', 'b'] })).toBe('; a; b');
    expect(reasonsSuffix(undefined)).toBe('');
  });
});
