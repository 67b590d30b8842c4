import { BadRequestException, HttpException, UnauthorizedException } from '@nestjs/common';
import { createSerializer } from '../serializer.js';

const { error } = createSerializer();

function detailOf(thrown: unknown): Record<string, unknown> | undefined {
  const { detail } = error(thrown);
  return detail === undefined ? undefined : (JSON.parse(detail) as Record<string, unknown>);
}

/** An error with fields, like those of client libraries. */
function failed(message: string, fields: object): Error {
  return Object.assign(new Error(message), fields);
}

describe('detail of an error', () => {
  it('has the list of a ValidationPipe', () => {
    const thrown = new BadRequestException(['email must be an email', 'age must not be less than 18']);
    expect(detailOf(thrown)).toEqual({
      status: 400,
      response: {
        message: ['email must be an email', 'age must not be less than 18'],
        error: 'Bad Request',
        statusCode: 400,
      },
      reasons: ['email must be an email', 'age must not be less than 18'],
    });
  });

  it('has the object that an HttpException was given, without the repeated message', () => {
    expect(detailOf(new HttpException({ code: 'LEAD_GONE', hint: 'ask again' }, 409))).toEqual({
      status: 409,
      response: { code: 'LEAD_GONE', hint: 'ask again' },
    });
    expect(detailOf(new UnauthorizedException('bad signature'))).toEqual({ status: 401 });
    expect(detailOf(new HttpException('teapot', 418))).toEqual({ status: 418 });
  });

  it('calls no getResponse of a subclass', () => {
    class Counted extends HttpException {
      override getResponse(): never {
        throw new Error('called');
      }
    }
    expect(detailOf(new Counted({ code: 1 }, 400))).toMatchObject({ response: { code: 1 } });
  });

  const META = { error: { message: 'Re-engagement message', type: 'OAuthException', code: 131047 } };
  const REASONS = ['131047 Re-engagement message'];
  const SECRET = 'Bearer sk-live-aaaaaaaaaaaaaaaaaaaaaaaa';

  it.each([
    [
      'axios 1',
      {
        code: 'ERR_BAD_REQUEST',
        isAxiosError: true,
        config: { headers: { Authorization: SECRET } },
        request: { path: '/messages' },
        response: { status: 400, data: META, headers: { 'set-cookie': SECRET }, config: { auth: SECRET } },
      },
      { code: 'ERR_BAD_REQUEST', status: 400, response: META, reasons: ['HTTP 400', ...REASONS] },
    ],
    [
      'got 14',
      { code: 'ERR_NON_2XX_3XX_RESPONSE', options: { headers: SECRET }, response: { statusCode: 400, body: META } },
      { code: 'ERR_NON_2XX_3XX_RESPONSE', status: 400, response: META, reasons: ['HTTP 400', ...REASONS] },
    ],
    [
      'superagent 10',
      { status: 400, response: { status: 400, body: META, text: '…', header: { authorization: SECRET } } },
      { status: 400, response: META, reasons: ['HTTP 400', ...REASONS] },
    ],
    [
      'undici 7',
      { code: 'UND_ERR_RESPONSE_STATUS_CODE', statusCode: 400, body: JSON.stringify(META), headers: [SECRET] },
      {
        code: 'UND_ERR_RESPONSE_STATUS_CODE',
        statusCode: 400,
        status: 400,
        response: META,
        reasons: ['HTTP 400', ...REASONS],
      },
    ],
    [
      'ky 1',
      { response: new Response('{}', { status: 503 }), request: {}, options: {} },
      { status: 503, reasons: ['HTTP 503'] },
    ],
    [
      'OpenAI 6, Anthropic',
      {
        status: 429,
        headers: { 'x-key': SECRET },
        requestID: 'req_1',
        error: { message: 'Rate limit', code: 'limit' },
      },
      {
        status: 429,
        requestID: 'req_1',
        response: { message: 'Rate limit', code: 'limit' },
        reasons: ['HTTP 429', 'Rate limit'],
      },
    ],
    [
      'AI SDK 7',
      {
        statusCode: 400,
        url: `https://example.test/?key=${SECRET}`,
        requestBodyValues: { a: 1 },
        responseBody: '{"error":"no model"}',
      },
      {
        statusCode: 400,
        status: 400,
        response: { error: 'no model' },
        reasons: ['HTTP 400', 'no model'],
      },
    ],
    [
      'Telegraf 4',
      { response: { ok: false, error_code: 403, description: 'Forbidden: bot was blocked' }, on: { payload: {} } },
      {
        status: 403,
        response: { ok: false, error_code: 403, description: 'Forbidden: bot was blocked' },
        reasons: ['HTTP 403', '403 Forbidden: bot was blocked'],
      },
    ],
    [
      'Node',
      { errno: -111, code: 'ECONNREFUSED', syscall: 'connect', port: 1 },
      { errno: -111, code: 'ECONNREFUSED', syscall: 'connect', port: 1 },
    ],
    [
      'Zod',
      { issues: [{ path: ['lead', 'phone'], message: 'Required', code: 'invalid_type' }] },
      {
        issues: [{ path: ['lead', 'phone'], message: 'Required', code: 'invalid_type' }],
        reasons: ['lead.phone: Required'],
      },
    ],
    [
      'Slack',
      { code: 'slack_webapi_platform_error', data: { ok: false, error: 'channel_not_found' } },
      {
        code: 'slack_webapi_platform_error',
        response: { ok: false, error: 'channel_not_found' },
        reasons: ['channel_not_found'],
      },
    ],
    [
      'PostgreSQL',
      { code: '23505', detail: 'Key (phone)=(1) already exists.', table: 'leads' },
      {
        code: '23505',
        detail: 'Key (phone)=(1) already exists.',
        table: 'leads',
        reasons: ['Key (phone)=(1) already exists.'],
      },
    ],
    [
      'a page of HTML',
      { response: { status: 502, data: '<html>Bad Gateway</html>' } },
      { status: 502, response: '<html>Bad Gateway</html>', reasons: ['HTTP 502'] },
    ],
    ['nothing', {}, undefined],
  ])('has the reasons of %s', (_, fields, expected) => {
    const detail = detailOf(failed('Request failed', fields));
    expect(JSON.stringify(detail) ?? '').not.toContain('aaaaaaaa');
    expect(detail).toEqual(expected);
  });

  it('omits lines that repeat the message', () => {
    const body = { ok: false, error_code: 400, description: 'Bad Request: no chat' };
    expect(detailOf(failed('400: Bad Request: no chat', { response: body }))).toEqual({ status: 400, response: body });
    const taken = new HttpException({ code: 'SLOT', message: 'taken' }, 409);
    expect(detailOf(taken)).toMatchObject({ reasons: ['SLOT'] });
    expect(detailOf(failed('lead 14005 is gone', { status: 400 }))).toEqual({ status: 400, reasons: ['HTTP 400'] });
  });

  it('keeps a body once, so that the names of its fields hide its secrets', () => {
    const text = JSON.stringify({ message: 'no', password: 'plain-words-here' });
    for (const field of ['body', 'responseBody', 'data', 'rawError']) {
      expect(detailOf(failed('failed', { status: 400, [field]: text }))).toEqual({
        status: 400,
        response: { message: 'no', password: '[REDACTED]' },
        reasons: ['HTTP 400', 'no'],
      });
    }
  });

  it('redacts, and stays small', () => {
    const data = {
      api_key: SECRET,
      text: 'x'.repeat(100_000),
      list: Array.from({ length: 5_000 }, (_, i) => `no ${i}`),
    };
    const { detail } = error(failed('Request failed', { response: { status: 500, data } }));
    expect(detail).not.toContain('aaaaaaaa');
    expect(Buffer.byteLength(detail!)).toBeLessThanOrEqual(8_192);
    expect(() => JSON.parse(detail!)).not.toThrow();
  });

  it('calls no code of the error', () => {
    const trap = (): never => {
      throw new Error('called');
    };
    const thrown = Object.defineProperties(new Error('x'), {
      response: { get: trap, enumerable: true },
      code: { get: trap, enumerable: true },
      details: { value: new Proxy({}, { get: trap, ownKeys: trap }), enumerable: true },
    });
    expect(detailOf(thrown)).toBeUndefined();
    expect(
      detailOf(failed('x', { response: new Proxy({}, { get: trap, getOwnPropertyDescriptor: trap }) })),
    ).toBeUndefined();
  });

  it.each(['error', 'originalError', 'original', 'reason'])('follows `%s` where it is an Error', (field) => {
    const inner = failed('read ECONNRESET', { code: 'ECONNRESET' });
    const { cause } = error(failed('Network request failed', { [field]: inner }));
    expect(JSON.parse(cause!)).toMatchObject([{ message: 'read ECONNRESET', detail: { code: 'ECONNRESET' } }]);
    expect(error(failed('no', { [field]: 'a text' })).cause).toBeUndefined();
  });

  it('exists for thrown objects, for causes and for inner errors', () => {
    expect(detailOf({ message: 'failed', code: 7 })).toEqual({ code: 7 });
    const refused = (port: number): Error => failed(`connect ${port}`, { code: 'ECONNREFUSED', port });
    const aggregate = new AggregateError([refused(1), refused(2)], '', { cause: refused(3) });
    const causes = JSON.parse(error(new TypeError('fetch failed', { cause: aggregate })).cause!) as object[];
    expect(causes).toMatchObject([
      { type: 'AggregateError' },
      { message: 'connect 3', detail: { code: 'ECONNREFUSED', port: 3 } },
      { message: 'connect 1', inner: true, detail: { port: 1 } },
      { message: 'connect 2', inner: true, detail: { port: 2 } },
    ]);
  });
});
