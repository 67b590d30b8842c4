import { BadRequestException, Body, Controller, Headers, HttpCode, Post, Query, Req } from '@nestjs/common';
import { runInTrace, Traced, traced, traceError, traceEvent, traceReply, traceRoute } from 'nestjs-trace-collector';

/** Every place that received a secret, by the part of it that must not be found again. */
export const CANARIES: Record<string, string> = {};

/** Registers the secret of a place; joined from parts, so that no scanner takes this file for a leak. */
export function canary(place: string, ...parts: string[]): string {
  const mark = (CANARIES[place] ??= `canary${Object.keys(CANARIES).length + 10}`);
  return parts.length === 0 ? `${mark}0123456789abcdef` : parts.join('').replace('@', mark);
}

/** A card has no room for a mark: its own digits must not be found. */
function card(place: string, digits: string): string {
  CANARIES[place] = digits;
  return digits;
}

/**
 * Secrets by their pattern, one of each kind of mark, with a separate place in each of `LOOK_PLACES`. `@` must not be
 * found again.
 */
const LOOKS: [maker: string, ...parts: string[]][] = [
  ['slack url', 'https://hooks.slack.com/services/T00000000/B00000000/', '@ABCDEFGH'],
  ['discord url', 'https://discord.com/api/webhooks/123456789012345678/', '@_ABCDEFGHIJKLMNOPQRSTUVW'],
  ['teams url', 'https://x.webhook.office.com/webhookb2/a@b/IncomingWebhook/', '@/c'],
  ['zapier url', 'https://hooks.zapier.com/hooks/catch/1234567/', '@/'],
  ['highlevel url', 'https://services.leadconnectorhq.com/hooks/abc/webhook-trigger/', '@-1234'],
  ['groq', 'gsk', '_@ABCDEFGHIJKLMNOPQRST'],
  ['highlevel', 'pit', '-12345678-1234-1234-1234-', '@'],
  ['xai', 'xai', '-@ABCDEFGHIJKLMNOPQRST'],
  ['perplexity', 'pplx', '-@ABCDEFGHIJKLMNOPQRST'],
  ['replicate', 'r8', '_@ABCDEFGHIJKLMNOPQRST'],
  ['notion', 'ntn', '_@ABCDEFGHIJKLMNOPQRST'],
  ['hugging face', 'hf', '_@ABCDEFGHIJKLMNOPQRST'],
  ['gitlab', 'glpat', '-@ABCDEFGH'],
  ['npm', 'npm', '_@ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  ['digitalocean', 'dop', '_v1_@0123456789abcdef'],
  ['telegram', 'https://api.telegram.org/bot123456:', 'AAE@-ABCDEFGHIJKLMNOPQRSTUV', '/sendMessage'],
  ['discord bot', 'MTIzNDU2Nzg5MDEyMzQ1Njc4.', 'GabcDE.@_abcdefghijklmnopqrst'],
  ['google', 'AIza', 'Sy@-abcdefghijklmnop'],
  ['vault', 'hvs', '.@ABCDEFGHIJKLMNOPQRST'],
  ['sendgrid', 'SG', '.@ABCDEFGH.ABCDEFGH'],
  ['azure', 'abc8', 'Q~@~abcdefghijklmnopqr'],
  ['database', 'mongodb+srv://ana:', '@', '@cluster0.mongodb.net/app'],
];

/** A secret of this kind for a place. Its mark is twelve hex digits, because some makers use nothing else. */
function lookAt(place: string, maker: string, parts: string[]): string {
  const mark = (CANARIES[`${place}, ${maker}`] ??= `cafe${String(Object.keys(CANARIES).length).padStart(8, '0')}`);
  return parts.join('').replace('@', mark);
}

/** A text with one secret of each kind for a place. */
function look(place: string): string {
  return LOOKS.map(([maker, ...parts]) => lookAt(place, maker, parts)).join(' and ');
}

/** The headers and cookies of a request. */
export const REQUEST = {
  headers: {
    authorization: `Bearer ${canary('header authorization')}`,
    cookie: `sid=${canary('header cookie')}; theme=dark`,
    'x-hub-signature-256': `sha256=${canary('header signature')}`,
    'x-own-api-key': canary('header of a key'),
    'x-note': look('header, look'),
  },
  query: [
    `token=${canary('query')}`,
    `user[password]=${canary('query in brackets')}`,
    `next=${encodeURIComponent(JSON.stringify({ password: canary('query, JSON, encoded') }))}`,
    `note=${encodeURIComponent(look('query, look'))}`,
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
    type: look('type of a body, look'),
    direction: look('direction of a body, look'),
    looks: look('body, look'),
    nested: Object.fromEntries(
      LOOKS.map(([maker, ...parts]) => [
        lookAt('key of a body, look', maker, parts),
        [{ text: look('body, nested look') }],
      ]),
    ),
    form: `user=ana&password=${canary('body, form in a string')}`,
    pem: canary('body, private key', '-----BEGIN ', 'PRIVATE KEY-----\nMII@\n-----END ', 'PRIVATE KEY-----'),
    jwt: canary('body, JWT', 'eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxIn0abc.', 'c2lnbmF0dXJl@'),
  },
  /** Body parsers quote text that they cannot parse. */
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
    this.looks();
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

  /** A secret of each kind in each place where text is recorded. */
  private looks(): void {
    traceEvent(look('type of an event, look'), { text: look('event, look'), [look('key, look')]: 1 });
    traceEvent('escaped', { json: JSON.stringify({ url: look('escaped JSON, look') }).replaceAll('/', '\\/') });
    traceEvent('encoded', { url: `https://x.y/?to=${encodeURIComponent(look('encoded, look'))}` });
    traceEvent('odd', { map: new Map([[look('map, look'), 1n]]) });
    traceRoute('supervisor', look('route, look'), { reason: look('reason, look') });
    traced((text: string) => ({ text, url: look('output, look') }), { name: look('name, look') })(look('input, look'));
    const error = new Error(`Request to ${look('message, look')} failed`, { cause: new Error(look('cause, look')) });
    error.stack += `\n    at call (${look('stack, look')}:1:1)`;
    traceError(look('location, look'), Object.assign(error, { config: { url: look('field of an error, look') } }), {
      url: look('context, look'),
    });
    traceReply(look('reply, look'), { channel: look('channel, look'), messageId: look('message id, look') });
    for (const [maker, ...parts] of LOOKS) {
      const secret = (place: string): string => lookAt(place, maker, parts);
      runInTrace(
        { contactId: secret('contact, look'), message: secret('message of a start, look'), type: secret('type, look') },
        () => traceEvent('tick'),
      );
    }
  }
}
