import { causeSuffix, errorReasons, reasonsSuffix } from './error-reasons.js';

const issue = (path: (string | number)[], message: string) => ({ code: 'invalid_type', path, message });

describe('errorReasons', () => {
  it.each<[string, string, unknown, string[]]>([
    ['nothing', 'no', undefined, []],
    ['null', 'no', null, []],
    [
      'ValidationPipe',
      'Bad Request Exception',
      { message: ['email must be an email'], error: 'Bad Request', statusCode: 400 },
      ['email must be an email'],
    ],
    [
      'Nest’s own body, without further reasons',
      'no lead 5',
      { message: 'no lead 5', error: 'Not Found', statusCode: 404 },
      [],
    ],
    ['a text', 'Forbidden', 'only for admins', ['only for admins']],
    ['the same text', 'only for admins', 'only for admins', []],
    [
      'ValidationError of class-validator',
      'Bad Request Exception',
      { message: [{ property: 'a', constraints: { isEmail: 'a must be an email' }, children: [] }] },
      ['a must be an email'],
    ],
    [
      'ValidationError with children',
      'x',
      [{ property: 'a', children: [{ property: 'b', constraints: { min: 'b is low' } }] }],
      ['b is low'],
    ],
    ['zod', 'Validation failed', { issues: [issue(['lead', 0], 'Required')] }, ['lead.0: Required']],
    [
      'fields',
      'x',
      { errors: { email: ['is taken', 'is odd'], name: 'is missing' } },
      ['email: is taken', 'email: is odd', 'name: is missing'],
    ],
    [
      'an HTTP client',
      'Request failed with status code 400',
      { status: 400, data: { error: { message: 'Re-engagement message', code: 131047 } } },
      ['Re-engagement message'],
    ],
    [
      'an HTTP client whose message has no status',
      'Bad answer',
      { status: 422, body: 'plain text' },
      ['HTTP 422', 'plain text'],
    ],
    [
      'an HTTP client’s response',
      'x',
      { response: { status: 500, data: { detail: 'db is away' } } },
      ['HTTP 500', 'db is away'],
    ],
    ['an OAuth answer', 'x', { error: 'invalid_grant', error_description: 'expired' }, ['expired', 'invalid_grant']],
    ['many', 'x', ['a', 'b', 'c', 'd', 'e'], ['a', 'b', 'c', 'and 2 more']],
    ['controls', 'x', ['a\n\u001b[2Jb'], ['a ␛[2Jb']],
    ['numbers', 'x', { message: 5 }, []],
    [
      'what capture chose first',
      'Bad Request',
      {
        status: 400,
        response: { error: { message: 'Re-engagement message', code: 131047 } },
        reasons: ['HTTP 400', '131047 Re-engagement message'],
      },
      ['HTTP 400', '131047 Re-engagement message'],
    ],
    [
      'more than capture chose',
      'Bad Request Exception',
      {
        status: 400,
        response: { message: ['a is no date', 'b is no date', 'c is no date', 'd is no date'] },
        reasons: ['a is no date', 'b is no date'],
      },
      ['a is no date', 'b is no date', 'c is no date', 'and 1 more'],
    ],
    ['a page', 'x', { status: 500, response: '<html>Bad Gateway</html>', reasons: ['HTTP 500'] }, ['HTTP 500']],
    ['the status of an exception of Nest, whose type says it', 'no lead', { status: 404 }, []],
    ['the same text with its code in the message', 'x: 400 no chat', { reasons: ['HTTP 400', 'no chat'] }, []],
  ])('reads %s', (_what, message, detail, expected) => expect(errorReasons(message, detail)).toEqual(expected));

  it('bounds a long reason, a deep one and a wide one', () => {
    expect(errorReasons('x', 'y'.repeat(10_000))[0]).toHaveLength(163);
    let deep: unknown = 'end';
    for (let n = 0; n < 50; n += 1) deep = { message: deep };
    expect(errorReasons('x', deep)).toEqual([]);
    expect(
      errorReasons(
        'x',
        Array.from({ length: 100_000 }, (_, n) => `r${n}`),
      )[3],
    ).toBe('and 196 more');
  });

  it.each<[string, unknown, string]>([
    ['no cause', null, ''],
    ['a text', 'x', ''],
    ['a cause', [{ type: 'Error', message: 'read ECONNRESET' }], '; read ECONNRESET'],
    [
      'the last of several',
      [
        { type: 'A', message: 'a' },
        { type: 'B', message: 'b' },
      ],
      '; b',
    ],
    ['one that the message has', [{ type: 'Error', message: 'failed' }], ''],
    ['an object of a library', [{ type: 'object', message: '{}' }], ''],
    [
      'errors inside one without a message',
      [
        { type: 'AggregateError', message: '' },
        { type: 'Error', message: 'connect ECONNREFUSED ::1:9', inner: true },
      ],
      '; connect ECONNREFUSED ::1:9',
    ],
    ['controls', [{ type: 'Error', message: 'a\n\u001b[2Jb' }], '; a ␛[2Jb'],
  ])('ends a line with %s', (_what, cause, expected) => expect(causeSuffix(cause, 'fetch failed')).toBe(expected));

  it('makes the end of a line', () => {
    expect(reasonsSuffix('x', ['a', 'b'])).toBe('; a; b');
    expect(reasonsSuffix('x', undefined)).toBe('');
  });
});
