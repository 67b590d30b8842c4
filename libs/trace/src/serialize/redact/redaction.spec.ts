import { createSerializer } from '../serializer.js';

const { json, text, error, url } = createSerializer();

/** Made up for this spec; none of them may be found afterwards. */
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ';
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIICANARYcanary\n-----END RSA PRIVATE KEY-----';
const HEX = 'deadbeefcanary0123456789abcdef';
const part = (...parts: string[]): string => parts.join('');

/** In a text: the whole text, and its secret part. */
const IN_TEXT: [string, string, string?][] = [
  ['a bearer token', 'sent with Authorization: Bearer canary-token-123', 'canary-token-123'],
  ['a bearer token of letters', 'Bearer abcdefghijkl', 'abcdefghijkl'],
  ['a bearer token in lower case', 'authorization=bearer%20canary123', 'canary123'],
  ['basic credentials', 'Basic dXNlcjpjYW5hcnk=', 'dXNlcjpjYW5hcnk'],
  ['a JSON Web Token', `jwt ${JWT} rejected`, 'c2lnbmF0dXJl'],
  ['a card', 'paid with 4111111111111111 today', '4111111111111111'],
  ['a card with blanks', 'card: 5555 5555 5555 4444.', '5555 4444'],
  ['a card with dashes', '3782-822463-10005', '822463'],
  ['an OpenAI key', `key ${part('sk-', 'proj-canary0123456789ABCDEF')}`, 'canary0123456789'],
  ['an Anthropic key', part('sk-', 'ant-api03-canary0123456789'), 'canary0123456789'],
  ['a Stripe key', part('sk_', 'live_canary0123456789abcd'), 'canary0123456789'],
  ['a restricted Stripe key', part('rk_', 'live_canary0123456789abcd'), 'canary0123456789'],
  ['a publishable Stripe key', part('pk_', 'live_canary0123456789abcd'), 'canary0123456789'],
  ['a webhook secret', part('whsec', '_canary0123456789abcd'), 'canary0123456789'],
  ['a GitHub token', part('ghp', '_canary0123456789ABCDEFghijklmnopqrst'), 'canary0123456789'],
  ['a fine-grained GitHub token', part('github', '_pat_canary0123456789ABCDEF'), 'canary0123456789'],
  ['a GitLab token', part('glpat', '-canary0123456789abcd'), 'canary0123456789'],
  ['an npm token', part('npm', '_canary0123456789ABCDEFghijklmnop'), 'canary0123456789'],
  ['a Slack token', part('xoxb', '-123456789012-canary0123456789'), 'canary0123456789'],
  ['an AWS key id', part('AKIA', 'CANARY0123456789'), 'CANARY0123456789'],
  ['a Google key', part('AIza', 'SyCanary0123456789_abcdefghijklmnopqr'), 'SyCanary0123456789'],
  ['a Google access token', part('ya29', '.canary0123456789abcdef'), 'canary0123456789'],
  ['a WhatsApp token', part('EAA', 'Gcanary0123456789ABCDEFGH'), 'Gcanary0123456789'],
  ['a SendGrid key', part('SG', '.canary0123456789.abcdefghijklmnop'), 'canary0123456789'],
  ['a Hugging Face token', part('hf', '_canary0123456789ABCDEF'), 'canary0123456789'],
  [
    'a Telegram bot token',
    'https://api.telegram.org/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11/x',
    'ghIkl-zyx57W2v1u123ew11',
  ],
  ['a private key', `read ${PEM}`, 'MIICANARY'],
  ['a private key that was cut off', PEM.slice(0, 45), 'MIICAN'],
  ['the user info of a URL', 'postgres://admin:canaryPw1@db.local:5432/app', 'canaryPw1'],
  ['a query parameter', 'GET https://api.x/y?a=1&access_token=canary1&b=2', 'canary1'],
  ['a parameter that is encoded', 'next=%2Flogin%3Fpassword%3Dcanary1%26x', 'canary1'],
  ['the user info of a URL in a URL', 'next=https%3A%2F%2Fana%3Acanary1%40x.y%2F&b=2', 'canary1'],
  ['a form', 'user=ana&password=canary1&x=y', 'canary1'],
  ['a named password', 'login failed, password: canary1', 'canary1'],
  ['a name of two words', 'API key: canary1', 'canary1'],
  ['a name in capitals', 'DB_PASSWORD=canary1', 'canary1'],
  ['a line of a header dump', 'GET /\nCookie: sid=canary1; theme=dark\nHost: x', 'canary1'],
  ['inspected code', "{ apiKey: 'canary1', user: 'ana' }", 'canary1'],
  ['a Python dict', "{'password': 'canary1', 'n': None}", 'canary1'],
  ['JSON', '{"user":"ana","password":"canary1","pin":4711}', 'canary1'],
  ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ client_secret: 'canary1' }) }), 'canary1'],
  ['JSON in prose', 'got {"token": "canary1"} from it', 'canary1'],
  ['escaped JSON in prose', 'got {\\"token\\": \\"canary1\\"} from it', 'canary1'],
  ['JSON that was cut off', '{"a":1,"secret":"canary1 and mo', 'canary1'],
  ['an object under a secret name', 'got {"credentials": {"a": "canary1"}', 'canary1'],
  ['a Spanish password', 'contraseña: canary1', 'canary1'],
];

/** As a field: the key, and its value. */
const IN_FIELDS: [string, unknown][] = [
  ...[
    'authorization Authorization proxy-authorization cookie Set-Cookie password passwd userPassword db_password PASSWORD',
    'password_hash secret client_secret clientSecret secretKeyBase token access_token accessToken refreshToken id_token',
    'csrfToken bot_token hub.verify_token x-telegram-bot-api-secret-token api_key apiKey APIKEY x-api-key apikey private_key',
    'signature x-hub-signature x-hub-signature-256 X-Twilio-Signature stripe-signature x-wh-signature sessionToken',
    'credential credentials otp pin cvv card_number cardNumber ssn passphrase aws_secret_access_key jwt connect.sid',
  ]
    .join(' ')
    .split(' ')
    .map((key): [string, unknown] => [key, HEX]),
  ['pin', 4711],
  ['password', { nested: HEX }],
  ['tokens', [HEX]],
  ['cookies', [{ name: 'a', value: HEX }]],
];

describe('a secret', () => {
  it.each(IN_TEXT)('is hidden in a text: %s', (_, sentence, secret = '') => {
    const whole = { deep: [{ note: sentence }], list: [sentence], plain: sentence };
    const thrown = new Error(sentence, { cause: new Error(sentence) });
    const parts = error(thrown);
    const written = [
      json(sentence),
      json(whole),
      json({ ...whole, odd: 1n }),
      json({ [sentence]: 1 }),
      json(new Map([[sentence, sentence]])),
      json({ thrown }),
      text(sentence),
      text(sentence, 30),
      parts.message,
      parts.stack,
      parts.cause,
      error(sentence).message,
    ];
    for (const each of written) expect(each).not.toContain(secret);
    for (const each of written.slice(0, 4)) expect(each).toContain('[REDACTED]');
  });

  it.each(IN_FIELDS)('is hidden under the key %s', (key, value) => {
    for (const whole of [{ [key]: value }, { a: [{ b: { [key]: value } }] }, new Map([[key, value]])]) {
      for (const written of [json(whole), json([whole, 1n]), json(JSON.stringify(whole)), text(whole)]) {
        expect(written).not.toMatch(/canary|4711/);
      }
    }
    expect(json({ [key]: value })).toBe(JSON.stringify({ [key]: '[REDACTED]' }));
  });

  it('is hidden where the cut of a long text would go through it', () => {
    for (let at = 60; at < 100; at++) {
      expect(
        text(`${'x '.repeat(at / 2)}${part('sk-', 'canary0123456789abcdef')} and more, and more`, 90),
      ).not.toContain('canary');
    }
  });

  it('is hidden in a number that is a card', () => {
    expect(json({ n: 4111111111111111, s: '4111111111111111' })).toBe('{"n":"[REDACTED]","s":"[REDACTED]"}');
  });

  it('leaves the rest of a text readable', () => {
    expect(text('user=ana&password=canary1&x=y')).toBe('user=ana&password=[REDACTED]&x=y');
    expect(text('postgres://admin:canary@db.local:5432/app')).toBe('postgres://[REDACTED]@db.local:5432/app');
    expect(text('{"user":"ana","password":"canary1","n":1}')).toBe('{"user":"ana","password":"[REDACTED]","n":1}');
    expect(text('got {"token": "canary1"} from it')).toBe('got {"token": "[REDACTED]"} from it');
  });
});

describe('texts that are no secrets', () => {
  it.each([
    [
      'usage of an LLM',
      { max_tokens: 1, input_tokens: 2, totalTokens: 3, tokenCount: 4, tokens: 5, completion_tokens: 6 },
    ],
    ['details of usage', { usage: { prompt_tokens_details: { cached_tokens: 1 } }, tokens: { input: 1, output: 2 } }],
    ['pages', { next_page_token: 'CAUQAA', nextPageToken: 'CAUQAA', token_type: 'bearer' }],
    [
      'words like it',
      { secretary: 'Ana', author: 'Ana', keyboard: 'es', passenger: 'Ana', pinned: 1, tokenizer: 'bpe', monkey: 1 },
    ],
    ['an absent secret', { password: null, token: null, has_password: true, otp: false }],
    ['a phone', { phone: '+5215512345678', text: 'call +49 151 23456789 or 5215512345678' }],
    ['ids', { contact: 'z49hFQn0DxOX5sInJg60', uuid: '3f2504e0-4f89-11d3-9a0c-0305e82c3301', n: 1705761022123 }],
    ['a long number', { id: '1234567890123456', waId: '106540352242922', order: '9400111899223100001' }],
    ['times', { at: '2024-01-20T14:30:22.123Z', said: 'at 14:30: yes', ratio: '16:9' }],
    ['prose', { text: 'The bearer of basic information, a token gesture; session: Tuesday 10:30. Key points: none' }],
    ['an error about one', { message: 'Invalid token: jwt expired', other: 'password: required' }],
    ['code', { text: 'const a = b => c; x == y; {{contact.id}}' }],
    ['links', { url: 'https://example.com/a?page=2&sort=asc#top', mail: 'ana@example.com' }],
    ['a rule of dashes', { text: '-----\nBEGIN\n-----' }],
  ])('are kept: %s', (_, value) => {
    expect(json(value)).toBe(JSON.stringify(value));
    expect(JSON.parse(json({ ...value, odd: Symbol('x') }))).toEqual({ ...value, odd: 'Symbol(x)' });
  });
});

describe('rules of the caller', () => {
  it('hide keys, in any case and with any dashes', () => {
    const own = createSerializer({ redact: { keys: ['DNI', 'tax-id', /^x_/] } });
    expect(JSON.parse(own.json({ dni: 1, TaxId: 'a', x_a: 1, X_b: 1, password: 'p', dnis: 1 }))).toEqual({
      dni: '[REDACTED]',
      TaxId: '[REDACTED]',
      x_a: '[REDACTED]',
      X_b: 1,
      password: '[REDACTED]',
      dnis: 1,
    });
    expect(own.text('dni=1234, name=ana')).toBe('dni=[REDACTED], name=ana');
  });

  it('hide patterns, every time, with any flags', () => {
    for (const pattern of [/zz\d/g, /zz\d/y, /ZZ\d/gi, /zz\d/]) {
      const own = createSerializer({ redact: { patterns: [pattern] } });
      for (let i = 0; i < 3; i++) {
        expect(own.json({ a: 'zz1 and zz2', b: ['zz3'] })).toBe('{"a":"[REDACTED] and [REDACTED]","b":["[REDACTED]"]}');
      }
      expect(own.json({ zz1: 1 })).toBe('{"[REDACTED]":1}');
      expect(own.error(new Error('zz1')).message).toBe('[REDACTED]');
      expect(pattern.lastIndex).toBe(0);
    }
  });

  it('hide paths', () => {
    const own = createSerializer({ redact: { paths: ['customer.name', 'list[*].x', '[0]', '**.email', "a['b.c']"] } });
    expect(
      JSON.parse(
        own.json({
          customer: { name: 'n', id: 1, email: 'e' },
          list: [{ x: 1, y: { email: 'e' } }],
          a: { 'b.c': 1 },
          email: 'e',
        }),
      ),
    ).toEqual({
      customer: { name: '[REDACTED]', id: 1, email: '[REDACTED]' },
      list: [{ x: '[REDACTED]', y: { email: '[REDACTED]' } }],
      a: { 'b.c': '[REDACTED]' },
      email: '[REDACTED]',
    });
    expect(own.json(['a', 'b'])).toBe('["[REDACTED]","b"]');
  });

  it('leave shapes and sizes only', () => {
    const own = createSerializer({ redact: { content: 'none' } });
    const value = {
      text: 'canary',
      n: 5,
      ok: true,
      none: null,
      list: ['canary'],
      at: new Date(0),
      big: 7n,
      bytes: Buffer.alloc(3),
    };
    expect(JSON.parse(own.json(value))).toEqual({
      text: '[string 6]',
      n: '[number]',
      ok: '[boolean]',
      none: null,
      list: ['[string 6]'],
      at: '[Date 24]',
      big: '[bigint 2]',
      bytes: '[Buffer 3 bytes]',
    });
    expect(own.text('canary')).toBe('[string 6]');
    const parts = own.error(new Error('canary', { cause: new Error('canary') }));
    expect(JSON.stringify(parts)).not.toContain('canary');
    expect(parts).toMatchObject({ type: 'Error', message: '[string 6]' });
    expect(parts.stack).toContain('redaction.spec');
  });
});

describe('url', () => {
  it.each([
    ['/webhook?token=canary1&x=1', '/webhook?token=[REDACTED]&x=1'],
    ['/webhook?hub.verify_token=canary1', '/webhook?hub.verify_token=[REDACTED]'],
    ['/webhook?access%5Ftoken=canary1', '/webhook?access%5Ftoken=[REDACTED]'],
    ['/webhook?user[password]=canary1', '/webhook?user[password]=[REDACTED]'],
    ['/webhook?data=%7B%22password%22%3A%22canary1%22%7D', '/webhook?data=[REDACTED]'],
    ['/cb#access_token=canary1', '/cb#access_token=[REDACTED]'],
    ['https://ana:canary1@x.y/z', 'https://[REDACTED]@x.y/z'],
    ['/webhook?sort=asc&empty=&q=a%20b', '/webhook?sort=asc&empty=&q=a%20b'],
    ['/webhook?bad=%E0%A4%A', '/webhook?bad=%E0%A4%A'],
  ])('%s', (path, expected) => expect(url(path)).toBe(expected));
});

describe('id', () => {
  const { id } = createSerializer();
  it.each(['z49hFQn0DxOX5sInJg60', '+5215512345678', '4111111111111111', 'ana@example.com', 'wa:5215512345678', 'a:b'])(
    'is kept: %s',
    (kept) => expect(id(kept)).toBe(kept),
  );

  it.each([part('sk-', 'canary0123456789'), 'Bearer canary0123', 'token=canary1', JWT])('is replaced: %s', (secret) => {
    expect(id(secret)).toMatch(/^redacted-[0-9a-f]{12}$/);
    expect(id(secret)).toBe(id(secret));
    expect(id(secret)).not.toBe(id(`${secret}0`));
  });
});

describe('names next to their values', () => {
  it.each([
    [{ headers: [{ name: 'Authorization', value: 'canary' }] }],
    [{ customFields: [{ key: 'user_password', value: 'canary' }] }],
    [Object.entries({ 'x-api-key': 'canary' })],
    [{ rawHeaders: ['Host', 'x', 'X-Own-Token', 'canary'] }],
    ['card[number]=1&card[cvc]=canary'],
    ['card%5Bcvc%5D=canary'],
    ['config["password"] = "canary"'],
    [JSON.stringify({ headers: [{ name: 'Authorization', value: 'canary' }] })],
  ])('hide the values: %j', (value) => {
    expect(json(value)).not.toContain('canary');
    expect(json([value, 1n])).not.toContain('canary');
    expect(json(value)).toContain('[REDACTED]');
  });

  it('leave the rest unchanged', () => {
    const value = {
      fields: [
        { name: 'city', value: 'Lima' },
        { id: 7, value: 8 },
      ],
      tags: ['lead', 'vip'],
      pair: ['a', 1],
    };
    expect(json(value)).toBe(JSON.stringify(value));
  });
});

describe('a session', () => {
  const ID = 'b1946ac92492d2347c6235b4d2611184';
  it.each([
    ...'session sessionId session_id sessionID SessionId chat_session_id conversationSessionId sid session_ids'.split(
      ' ',
    ),
    ...'conversationId conversation_id agent_session'.split(' '),
  ])('is a conversation id under %s in a body', (key) => {
    expect(json({ [key]: ID })).toBe(JSON.stringify({ [key]: ID }));
    expect(text(JSON.stringify({ [key]: ID }))).toContain(ID);
    expect(text(`https://x.y/chat?${key}=${ID}`)).toContain(ID);
    expect(url(`/chat?a=1&${key}=${ID}`)).toContain(ID);
  });

  it.each([
    ...'x-session-id mcp-session-id session-id Session-Id X-Session session-key connect.sid PHPSESSID JSESSIONID'.split(
      ' ',
    ),
    ...'ASP.NET_SessionId laravel_session _gitlab_session _session_id rack.session sessionToken session_key'.split(' '),
    ...'csrf csrfToken _csrf xsrf-token conversationToken'.split(' '),
  ])('is a secret under %s: a header, a cookie, a token', (key) => {
    expect(json({ [key]: ID })).toBe(JSON.stringify({ [key]: '[REDACTED]' }));
  });

  it.each([
    `session=${ID}; Path=/; HttpOnly`,
    `theme=dark; sid=${ID}`,
    `Set-Cookie: sessionid=${ID}`,
    `'session=${ID}'`,
  ])('is a secret in the text of a cookie: %s', (cookie) => {
    expect(text(cookie)).not.toContain(ID);
    expect(json({ cookie: [cookie], said: cookie })).not.toContain(ID);
  });

  it('is no secret in prose', () => {
    for (const said of ['Session: Tuesday 10:30', 'the session is over', 'session => room 5', 'sid: SM0123']) {
      expect(text(said)).toBe(said);
    }
  });
});
