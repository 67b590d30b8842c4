import { hintsOf } from '../../../../../../test/support/hints-of.js';
import { Story } from '../../../../../../test/support/story.js';

const story = (): Story => new Story().open().identify().response(202);
/** `crm` fails inside the span `a`; `after` adds the following records. */
const failingIn = (name: string, after: (given: Story) => Story): Story =>
  after(
    story()
      .span('a', 'step', name)
      .span('b', 'tool', 'crm', { parent: 'a' })
      .error('crm', 'down', { span: 'b' })
      .spanEnd('b', 1, { outcome: 'error' }),
  );

describe('hints of errors', () => {
  it.each<[string, Story, string]>([
    [
      'caught in a span around it',
      failingIn('outer', (given) => given.spanEnd('a', 2)),
      '❌ Error in crm: down (caught in outer)',
    ],
    [
      'caught in a span around it that is shorter by the monotonic clock than by the time of its records',
      story()
        .span('a', 'step', 'outer')
        .at(0.4)
        .span('b', 'tool', 'crm', { parent: 'a' })
        .at(1)
        .error('crm', 'down', { span: 'b' })
        .spanEnd('b', 0.5, { outcome: 'error' })
        .at(1.01)
        .spanEnd('a', 0.99),
      '❌ Error in crm: down (caught in outer)',
    ],
    ['in a span around it that has not ended', failingIn('outer', (given) => given), '❌ Error in crm: down'],
    [
      'in a span around it that was left',
      failingIn('outer', (given) => given.spanEnd('a', 2, { outcome: 'cancelled' })),
      '❌ Error in crm: down',
    ],
    [
      'in work that the span around it did not await',
      story()
        .span('a', 'step', 'outer')
        .spanEnd('a', 2)
        .span('b', 'tool', 'crm', { parent: 'a' })
        .at(50)
        .error('crm', 'down', { span: 'b' })
        .spanEnd('b', 50, { outcome: 'error' }),
      '❌ Error in crm: down',
    ],
    [
      'that reached the process, although the span around it ended well',
      failingIn('outer', (given) => given.event('unhandled_rejection').spanEnd('a', 2)),
      '❌ Error in crm: down',
    ],
    [
      'recorded inside a span that ended well',
      story().span('a', 'step', 'outer').error('crm', 'down', { span: 'a' }).spanEnd('a', 2),
      '❌ Error in crm: down',
    ],
    [
      'that left every span',
      story().span('b', 'tool', 'crm').error('crm', 'down', { span: 'b' }).spanEnd('b', 1, { outcome: 'error' }),
      '❌ Error in crm: down',
    ],
    [
      'of a span that is its own parent',
      story().span('b', 'tool', 'crm', { parent: 'b' }).error('crm', 'down', { span: 'b' }),
      '❌ Error in crm: down',
    ],
    [
      'that became the response',
      new Story().open().identify().error('crm', 'down').response(500, 9, { error: 'down' }),
      '❌ Error in crm: down (became the response: 500)',
    ],
    [
      'beside a response that hides it',
      new Story().open().identify().error('crm', 'down').response(500, 9, { error: 'Internal server error' }),
      '❌ Error in crm: down',
    ],
    [
      'that a filter turned into a response of 200',
      new Story().open().identify().error('crm', 'down').response(200, 9, { error: 'down' }),
      '❌ Error in crm: down (became the response: 200)',
    ],
    [
      'before an answer that does not carry it',
      new Story().open().identify({ handler: 'crm' }).error('crm', 'down').at(10).response(200),
      '❌ Error in crm: down',
    ],
    [
      'thrown after the response',
      new Story()
        .open()
        .identify({ handler: 'crm' })
        .response(202)
        .at(10)
        .error('crm', 'down', { after_response: true }),
      '❌ Error in crm: down (thrown after the response was sent)',
    ],
    [
      'that broke the answer off',
      new Story().open().identify({ handler: 'crm' }).error('crm', 'down').response(200, 9, { aborted: true }),
      '❌ Error in crm: down',
    ],
    ['reported only', story().error('crm', 'down'), '❌ Error in crm: down'],
  ])('reports the outcome of an error only where records show it: one %s', (_what, given, expected) =>
    expect(hintsOf(given.end('error'))).toContain(expected),
  );

  const pipe = {
    status: 400,
    response: {
      message: ['email must be an email', 'name should not be empty'],
      error: 'Bad Request',
      statusCode: 400,
    },
    reasons: ['email must be an email', 'name should not be empty'],
  };
  const bad = { type: 'BadRequestException', detail: pipe };

  it.each<[string, Story, string[]]>([
    [
      'a guard',
      new Story()
        .open()
        .identify()
        .error('POST /webhook', 'bad signature', { type: 'UnauthorizedException', guard: 'SignatureGuard' })
        .response(401, 3, { error: 'bad signature' }),
      ['🚫 Refused: HTTP 401 by SignatureGuard: bad signature'],
    ],
    [
      'a response whose error was not seen where it was thrown',
      new Story()
        .open()
        .identify()
        .response(401, 3)
        .error('POST /webhook', '401 bad signature', { type: 'HttpStatusError' }),
      ['🚫 Refused: HTTP 401: bad signature'],
    ],
    [
      'the same with its guard',
      new Story()
        .open()
        .identify()
        .response(403, 3)
        .error('POST /webhook', '403 Forbidden resource', { type: 'HttpStatusError', guard: 'LeadGuard' }),
      ['🚫 Refused: HTTP 403 by LeadGuard: Forbidden resource'],
    ],
    [
      'a pipe, with its reasons',
      new Story()
        .open()
        .identify()
        .error('Hooks.create', 'Bad Request Exception', bad)
        .response(400, 3, { error: 'email must be an email; name should not be empty' }),
      ['🚫 Refused: HTTP 400: Bad Request Exception; email must be an email; name should not be empty'],
    ],
    [
      'the reasons of a pipe, which are what the response carries',
      new Story()
        .open()
        .identify()
        .error('Hooks.create', 'Bad Request Exception', {
          type: 'BadRequestException',
          detail: {
            status: 400,
            response: { message: ['email must be an email', 'age must be a number'], error: 'Bad Request' },
            reasons: ['email must be an email', 'age must be a number'],
          },
        })
        .response(400, 3, { error: 'email must be an email; age must be a number' })
        .end('error'),
      ['🚫 Refused: HTTP 400: Bad Request Exception; email must be an email; age must be a number'],
    ],
    [
      'an error of which nothing says that it is the refusal',
      new Story().open().identify().error('Hooks.create', 'down').response(404, 3),
      ['❌ Error in Hooks.create: down', '🚫 Refused: HTTP 404'],
    ],
    [
      'a fault that a filter made a 400 of',
      new Story().open().identify().error('Hooks.create', 'x is undefined', { type: 'TypeError' }).response(400, 3, {
        error: 'x is undefined',
      }),
      ['❌ TypeError in Hooks.create: x is undefined (became the response: 400)', '🚫 Refused: HTTP 400'],
    ],
    ['no route', new Story().open().identify().response(404, 3), ['🚫 Refused: HTTP 404']],
    [
      'a server that failed, which is no refusal',
      new Story().open().identify().response(503, 3),
      ['❌ The webhook was answered with HTTP 503, and no error was recorded'],
    ],
  ])('names a refusal: %s', (_what, given, expected) => expect(hintsOf(given.end('error'))).toEqual(expected));

  it('names errors of one origin once, and not more than five origins', () => {
    const given = story();
    for (let index = 0; index < 8; index += 1) given.error('crm', `down ${index}`).error('crm', `down ${index}`);
    const hints = hintsOf(given.end('error'));
    expect(hints[0]).toBe('❌ 2 times Error in crm: down 0');
    expect(hints.slice(5)).toEqual(['❌ And 6 more errors']);
  });
});
