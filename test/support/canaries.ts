import { BadRequestException, Body, Controller, Headers, HttpCode, Post, Query, Req } from '@nestjs/common';
import { runInTrace, Traced, traced, traceError, traceEvent, traceReply, traceRoute } from 'nestjs-trace-collector';

/** Every place that was given a secret, by the part of it that must not be found again. */
export const CANARIES: Record<string, string> = {};

/** Registers the secret of a place; joined from parts, so that no scanner takes this file for a leak. */
export function canary(place: string, ...parts: string[]): string {
  const mark = (CANARIES[place] ??= `canary${Object.keys(CANARIES).length + 10}`);
  return parts.length === 0 ? `${mark}0123456789abcdef` : parts.join('').replace('@', mark);
}

/** A card has no room for a mark: its own digits are what must not be found. */
function card(place: string, digits: string): string {
  CANARIES[place] = digits;
  return digits;
}

/** What a request brings along. */
export const REQUEST = {
  headers: {
    authorization: `Bearer ${canary('header authorization')}`,
    cookie: `sid=${canary('header cookie')}; theme=dark`,
    'x-hub-signature-256': `sha256=${canary('header signature')}`,
    'x-own-api-key': canary('header of a key'),
  },
  query: [
    `token=${canary('query')}`,
    `user[password]=${canary('query in brackets')}`,
    `next=${encodeURIComponent(JSON.stringify({ password: canary('query, JSON, encoded') }))}`,
    `to=${encodeURIComponent(`https://ana:${canary('query, user of a URL')}@x.y/`)}`,
  ].join('&'),
  path: `/webhook/canaries/${canary('path', 'bot123456:', 'AAE_@_abcdefghijklmnopqrstuvwxyz')}`,
  body: {
    contactId: 'canary-keeper',
    body: `mi contraseña: ${canary('message')} gracias`,
    password: canary('body'),
    deep: { a: [{ b: { c: { client_secret: canary('body, nested') } } }] },
    headers: [{ name: 'Authorization', value: canary('body, named beside') }],
    pair: ['x-api-key', canary('body, pair')],
    json: JSON.stringify({ token: canary('body, JSON in a string') }),
    jsonInJson: JSON.stringify({ inner: JSON.stringify({ otp: canary('body, JSON in JSON') }) }),
    card: card('body, card', '4111111111111111'),
    cardNumeral: Number(card('body, card as a number', '5555555555554444')),
    form: `user=ana&password=${canary('body, form in a string')}`,
    pem: canary('body, private key', '-----BEGIN ', 'PRIVATE KEY-----\nMII@\n-----END ', 'PRIVATE KEY-----'),
    jwt: canary('body, JWT', 'eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxIn0abc.', 'c2lnbmF0dXJl@'),
  },
  /** Body parsers quote what they cannot read. */
  malformed: `{"contactId":"canary-keeper","password":"${canary('malformed JSON')}", oops`,
  unknownPath: `/webhook/nowhere?access_token=${canary('path of a 404')}`,
};

class Login {
  refreshToken = canary('field of an instance');
}

class CanaryError extends Error {
  override name = `E token=${canary('name of an error')}`;
  clientSecret = canary('field of an error');
}

class Agent {
  @Traced({ kind: 'tool', name: `GET https://ana:${canary('name of a span')}@x.y/z` })
  call(_options: unknown, _text: string): unknown {
    return { accessToken: canary('output of a span'), note: `Basic ${btoa(`ana:${canary('output, basic')}`)}` };
  }

  @Traced({ kind: 'llm' })
  async fail(): Promise<never> {
    const inner = new AggregateError([new Error(`api_key=${canary('error in an AggregateError')}`)], 'all failed');
    const cause = new Error(`got 401 for ${canary('cause', 'ghp', '_@ABCDEFghijklmnopqrst')}`, { cause: inner });
    const error = new CanaryError(`POST https://x.y/?secret=${canary('message of an error')}`, { cause });
    error.stack += `\n    at login (https://x.y/app.js?sig=${canary('stack')}:1:1)`;
    throw error;
  }
}

@Controller('webhook/canaries')
export class CanaryController {
  private readonly agent = new Agent();

  @Post('refused')
  refuse(): never {
    throw new BadRequestException({ message: `password=${canary('exception')}`, token: canary('exception, field') });
  }

  @Post(':bot')
  @HttpCode(200)
  async all(@Body() body: unknown, @Headers() headers: unknown, @Query() query: unknown, @Req() request: any) {
    traceEvent('request', { body, headers, query, url: request.url, raw: request.headers, whole: request });
    traceEvent(`login token=${canary('type of an event')}`, { [canary('key', 'sk', '-@abcdefghij')]: 1 });
    traceEvent('values', {
      map: new Map([['password', canary('map')]]),
      set: new Set([canary('set', 'xoxb', '-123456789012-@')]),
      instance: new Login(),
      expression: new RegExp(`Bearer ${canary('expression')}`),
      symbol: Symbol(`secret: ${canary('symbol')}`),
      url: new URL(`https://ana:${canary('URL')}@x.y/?token=1`),
      error: new CanaryError('inside'),
    });
    traceRoute('supervisor', `sofia sk-${canary('name of an agent')}`, {
      reason: `apiKey: '${canary('reason')}'`,
      candidates: [`a?token=${canary('candidate')}`],
    });
    this.agent.call({ secret: canary('input of a span') }, `Bearer ${canary('input, text')}`);
    await this.agent.fail().catch(() => undefined);
    traced(() => `password: ${canary('output of a function')}`, { name: `f?sig=${canary('name of a function')}` })();
    traceError(`login?password=${canary('location')}`, `token=${canary('thrown text')}`, {
      cookie: canary('context of an error'),
    });
    traceReply(`https://x.y/reset?token=${canary('reply')}`, {
      channel: `wa?token=${canary('channel')}`,
      messageId: `id?secret=${canary('message id')}`,
    });
    runInTrace(
      {
        contactId: `sk-${canary('contact')}`,
        message: `password: ${canary('message of runInTrace')}`,
        type: `cron token=${canary('type of runInTrace')}`,
      },
      () => traceEvent('tick'),
    );
    return 'ok';
  }
}
