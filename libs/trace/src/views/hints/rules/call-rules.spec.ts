import { hintsOf } from '../../../../../../test/support/hints-of.js';
import { Story } from '../../../../../../test/support/story.js';
import { ALL_IS_WELL } from './closing-rules.js';

const story = (): Story => new Story().open().identify({ message: undefined }).response(202);

interface Called {
  host?: string;
  path?: string;
  status?: number;
  resend?: number;
  error?: { code?: string; message?: string };
  type?: 'http' | 'llm';
  name?: string;
  from?: number;
  ms?: number;
  parent?: string;
}

let next = 0;

/** An outgoing call as capture records it. */
function call(
  to: Story,
  { host = 'api.openai.com', path = '/v1/chat/completions', type = 'llm', ...given }: Called,
): Story {
  const {
    status = 200,
    resend,
    error,
    name = type === 'llm' ? 'gpt-5-mini' : `POST ${host}`,
    from = 0,
    ms = 10,
  } = given;
  const span = `s${(next += 1)}`;
  const failed = status >= 400 || status === 0;
  return to
    .at(from)
    .span(span, type, name, {
      parent: given.parent,
      attributes: {
        'http.request.method': 'POST',
        'server.address': host,
        'url.template': path,
        ...(resend !== undefined && { 'http.request.resend_count': resend }),
      },
    })
    .at(from + ms)
    .spanEnd(span, ms, {
      ...(failed && { outcome: 'error' as const }),
      ...(status !== 0 && { attributes: { 'http.response.status_code': status } }),
      output: { ...(error && { error }) },
    });
}

const calls = (...all: Called[]): Story => all.reduce(call, story()).end();

describe('hints about outgoing calls', () => {
  it.each<[string, Story, string[]]>([
    ['a call that went well', calls({}), [ALL_IS_WELL]],
    [
      'a rate limit that a retry overcame',
      calls({ status: 429 }, { status: 429, resend: 1 }, { status: 429, resend: 2 }, { resend: 3 }),
      ['🔁 api.openai.com answered 429 three times, then 200'],
    ],
    [
      'a rate limit that stayed',
      calls({ status: 429, error: { code: 'insufficient_quota', message: 'You exceeded your current quota' } }),
      [
        '🔁 api.openai.com answered 429 once',
        '🌐 Failed model call: gpt-5-mini at api.openai.com → 429 (insufficient_quota You exceeded your current quota)',
      ],
    ],
    [
      'an overloaded provider',
      calls({ host: 'api.anthropic.com', status: 529 }, { host: 'api.anthropic.com', resend: 1 }),
      ['🔁 api.anthropic.com answered 529 once, then 200'],
    ],
    [
      'another call to the host that went well is no later attempt',
      calls({ status: 429 }, { path: '/v1/models' }),
      ['🔁 api.openai.com answered 429 once', '🌐 Failed model call: gpt-5-mini at api.openai.com → 429'],
    ],
    [
      'a failed call',
      calls({
        type: 'http',
        host: 'crm.example',
        path: '/contacts/{id}/notes',
        status: 500,
        error: { message: 'down' },
      }),
      ['🌐 Failed call: POST crm.example/…/notes → 500 (down)'],
    ],
    [
      'a broken connection',
      calls({
        type: 'http',
        host: 'crm.example',
        path: '/x',
        status: 0,
        error: { code: 'ECONNRESET', message: 'socket hang up' },
      }),
      ['🌐 Failed call: POST crm.example/x → ECONNRESET socket hang up'],
    ],
    ['a call that failed and was made again', calls({ status: 500 }, { resend: 1 }), [ALL_IS_WELL]],
    [
      'five failed calls',
      calls(...[1, 2, 3, 4, 5].map((n): Called => ({ type: 'http', host: `h${n}.example`, path: '/', status: 404 }))),
      [...[1, 2, 3].map((n) => `🌐 Failed call: POST h${n}.example/ → 404`), '🌐 2 more calls failed'],
    ],
    [
      'hostile text of a provider',
      calls({
        type: 'http',
        host: 'x.example',
        path: '/',
        status: 400,
        error: { message: `a\n\u001b[2J${'b'.repeat(500)}` },
      }),
      [`🌐 Failed call: POST x.example/ → 400 (a ␛[2J${'b'.repeat(114)}...)`],
    ],
  ])('%s', (_what, given, expected) => expect(hintsOf(given)).toEqual(expected));

  it('a refused reply replaces the hint about its call', () => {
    const given = story()
      .span('m', 'http', 'POST graph.facebook.com', { attributes: { 'server.address': 'graph.facebook.com' } })
      .event(
        'message_failed',
        { provider: 'whatsapp', status: 400, code: '131030', reason: 'Recipient not allowed' },
        { span: 'm' },
      )
      .spanEnd('m', 3, { outcome: 'error', attributes: { 'http.response.status_code': 400 } })
      .end();
    expect(hintsOf(given)).toEqual(['📵 The reply was refused: whatsapp 400 131030 Recipient not allowed']);
  });

  it.each([
    [{ message: 'Hola' }, '; the code recorded it as sent'],
    [{ message: 'Hola', via: 'http' }, '; another attempt was accepted'],
    [{ message: 'Adiós', via: 'http' }, ''],
  ])('a refused reply, and %j', (sent, end) => {
    const failed = { message: 'Hola', provider: 'meta', status: 400, code: '131047', reason: 'too late', via: 'http' };
    const given = story().event('message_failed', failed).event('message_sent', sent).end();
    expect(hintsOf(given)).toContain(`📵 The reply was refused: meta 400 131047 too late ('Hola')${end}`);
  });

  it('a refused reply without details, and many of them', () => {
    const given = [1, 2, 3, 4, 5].reduce((to) => to.event('message_failed'), story()).end();
    expect(hintsOf(given)).toEqual([
      ...Array.from({ length: 3 }, () => '📵 The reply was refused'),
      '📵 2 more replies refused',
    ]);
  });

  it('a slow trace waited for one host; calls at the same time count once', () => {
    const given = [
      { from: 100, ms: 4_000 },
      { from: 1_000, ms: 4_000 },
      { from: 5_500, ms: 500, host: 'crm.example' },
    ].reduce(call, story());
    expect(hintsOf(given.at(6_100).end())).toContain(
      '⏳ 80% of the time was spent waiting for api.openai.com (4.9 s of 6.1 s)',
    );
  });

  it.each<[string, Story]>([
    ['a fast trace', call(story(), { ms: 4_000 }).at(4_100).end()],
    ['a slow trace that did something else', call(story(), { ms: 1_000 }).at(9_000).end()],
  ])('%s says nothing about waiting', (_what, given) => expect(hintsOf(given).join()).not.toContain('⏳'));
});
