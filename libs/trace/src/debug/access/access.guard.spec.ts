import { Injectable, Scope, UnauthorizedException } from '@nestjs/common';
import type { CanActivate } from '@nestjs/common';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { of } from 'rxjs';
import { ADAPTERS, raw, startDebugApp } from '../../../../../test/support/debug-app.js';
import type { DebugApp, DebugAppOptions } from '../../../../../test/support/debug-app.js';
import type { ResolvedDebugOptions } from '../debug.options.js';

const TOKEN = 'a-token-of-thirty-two-characters-';
const HOST = { host: 'localhost:8000' };
const bearer = (token: string) => ({ ...HOST, authorization: `Bearer ${token}` });

interface Case {
  what: string;
  debug?: Partial<ResolvedDebugOptions>;
  headers?: Record<string, string>;
  method?: string;
  path?: string;
  status: number;
  code?: string;
}

const DEVELOPMENT = { environment: 'development' };
const STAGING = { environment: 'staging', token: TOKEN };
const PRODUCTION = { environment: 'production', token: TOKEN };

/** A caller on this machine, in every environment. */
const ENVIRONMENTS: Case[] = [
  { what: 'development', debug: { environment: 'development' }, status: 200 },
  { what: 'test', debug: { environment: 'test' }, status: 200 },
  { what: 'staging', debug: { environment: 'staging' }, status: 401, code: 'ACCESS_DENIED' },
  { what: 'none', debug: { environment: undefined }, status: 401, code: 'ACCESS_DENIED' },
  { what: 'an empty one', debug: { environment: '' }, status: 401, code: 'ACCESS_DENIED' },
  { what: 'Development (another word)', debug: { environment: 'Development' }, status: 401, code: 'ACCESS_DENIED' },
  { what: 'staging with access loopback', debug: { environment: 'staging', access: 'loopback' }, status: 200 },
  { what: 'none with access loopback', debug: { environment: undefined, access: 'loopback' }, status: 200 },
  { what: 'production', debug: { environment: 'production' }, status: 404 },
  { what: 'production with access loopback', debug: { environment: 'production', access: 'loopback' }, status: 404 },
  {
    what: 'production with a token, none shown',
    debug: PRODUCTION,
    status: 401,
    code: 'ACCESS_DENIED',
  },
  { what: 'production with its token', debug: PRODUCTION, headers: bearer(TOKEN), status: 200 },
  {
    what: 'production with a short token',
    debug: { environment: 'production', token: 'short' },
    headers: bearer('short'),
    status: 404,
  },
  { what: 'production with an empty token', debug: { environment: 'production', token: '' }, status: 404 },
  { what: 'development, not enabled', debug: { ...DEVELOPMENT, enabled: false }, status: 404 },
  {
    what: 'staging with an empty token, an empty one shown',
    debug: { environment: 'staging', token: '' },
    headers: { ...HOST, authorization: 'Bearer ' },
    status: 401,
  },
];

const FORWARDING = [
  ['forwarded', 'for=1.2.3.4'],
  ['x-forwarded-for', '1.2.3.4'],
  ['x-forwarded-for', '127.0.0.1'],
  ['x-forwarded-host', 'localhost'],
  ['x-forwarded-anything', ''],
  ['x-real-ip', '1.2.3.4'],
  ['via', '1.1 proxy'],
  ['cf-connecting-ip', '1.2.3.4'],
] as const;

const DENIED: Case[] = [
  ...FORWARDING.map(([name, value]): Case => ({
    what: `loopback trust, ${name}: ${value}`,
    debug: DEVELOPMENT,
    headers: { ...HOST, [name]: value },
    status: 401,
    code: 'ACCESS_DENIED',
  })),
  { what: 'a wrong token', debug: STAGING, headers: bearer('wrong'), status: 401, code: 'ACCESS_DENIED' },
  { what: 'half a token', debug: STAGING, headers: bearer(TOKEN.slice(0, -1)), status: 401 },
  { what: 'another scheme', debug: STAGING, headers: { ...HOST, authorization: `Basic ${TOKEN}` }, status: 401 },
  { what: 'the token as a cookie', debug: STAGING, headers: { ...HOST, cookie: `token=${TOKEN}` }, status: 401 },
  { what: 'a wrong token in the URL', debug: STAGING, path: '/debug/health?token=wrong', status: 401 },
  { what: 'two tokens in the URL', debug: STAGING, path: `/debug/health?token=${TOKEN}&token=x`, status: 401 },
  {
    what: 'a write with the token in the URL',
    debug: STAGING,
    method: 'POST',
    path: `/debug/clear?token=${TOKEN}`,
    status: 401,
  },
];

const CROSS: Case[] = [
  { what: 'a foreign Host', headers: { host: 'evil.example:8000' }, status: 403 },
  { what: 'a Host that begins like ours', headers: { host: 'localhost.evil.example' }, status: 403 },
  { what: 'a Host that looks like an address of ours', headers: { host: '127.0.0.1.nip.io' }, status: 403 },
  { what: 'Host 0.0.0.0', headers: { host: '0.0.0.0:8000' }, status: 403 },
  { what: 'a foreign Origin', headers: { ...HOST, origin: 'https://evil.example' }, status: 403 },
  { what: 'Origin null', headers: { ...HOST, origin: 'null' }, status: 403 },
  { what: "another port's Origin", headers: { ...HOST, origin: 'http://localhost:3000' }, status: 403 },
  { what: 'Sec-Fetch-Site cross-site', headers: { ...HOST, 'sec-fetch-site': 'cross-site' }, status: 403 },
  { what: 'Sec-Fetch-Site same-site', headers: { ...HOST, 'sec-fetch-site': 'same-site' }, status: 403 },
  {
    what: 'a link to an API route',
    headers: { ...HOST, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    status: 403,
  },
  {
    what: 'the page in a frame',
    path: '/debug',
    headers: { ...HOST, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    status: 403,
  },
  ...['application/x-www-form-urlencoded', 'text/plain;charset=UTF-8'].map((type): Case => ({
    what: `a form's POST, ${type}`,
    method: 'POST',
    path: '/debug/clear',
    headers: { ...HOST, 'content-type': type },
    status: 403,
  })),
].map((one: Case) => ({ ...one, code: 'CROSS_SITE' }));

const WELCOME: Case[] = [
  ...[
    'localhost',
    'LOCALHOST:1',
    'localhost.:80',
    '127.0.0.1:8000',
    '127.8.9.10',
    '[::1]:8000',
    'app.localhost:8000',
  ].map((host): Case => ({ what: `Host ${host}`, headers: { host }, status: 200 })),
  { what: 'its own Origin', headers: { ...HOST, origin: 'http://localhost:8000' }, status: 200 },
  {
    what: 'its own Origin, behind TLS',
    debug: STAGING,
    headers: { ...bearer(TOKEN), host: 'app.example', 'x-forwarded-proto': 'https', origin: 'https://app.example' },
    status: 200,
  },
  { what: 'the browser itself', headers: { ...HOST, 'sec-fetch-site': 'none' }, status: 200 },
  { what: 'our own page', headers: { ...HOST, 'sec-fetch-site': 'same-origin' }, status: 200 },
  {
    what: 'a link to the page',
    path: '/debug',
    headers: { ...HOST, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    status: 200,
  },
  {
    what: 'a proxy with the token',
    debug: STAGING,
    headers: { ...bearer(TOKEN), host: 'app.example', via: '1.1 p' },
    status: 200,
  },
  { what: 'bearer in lower case', debug: STAGING, headers: { ...HOST, authorization: `bearer ${TOKEN}` }, status: 200 },
  { what: 'the token in the URL', debug: STAGING, path: `/debug/health?token=${TOKEN}`, status: 200 },
  { what: 'a wrong token where none is needed', headers: bearer('wrong'), status: 200 },
  {
    what: 'a write with the header',
    debug: STAGING,
    method: 'POST',
    path: '/debug/clear',
    headers: bearer(TOKEN),
    status: 200,
  },
  { what: 'a write on loopback', method: 'POST', path: '/debug/clear', status: 200 },
];

const enableCors: DebugAppOptions['configure'] = (app) =>
  app.enableCors({ origin: true, credentials: true, exposedHeaders: ['x-a'] });
const corsHeaders = ({ headers }: { headers: object }) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control'));

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'debug-access-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

describe.each(ADAPTERS)('access, on %s', (adapter) => {
  const hosts = new Map<string, Promise<DebugApp>>();
  const hostFor = (debug: Partial<ResolvedDebugOptions> = DEVELOPMENT): Promise<DebugApp> => {
    const key = JSON.stringify({ ...debug, environment: String(debug.environment) });
    const host = hosts.get(key) ?? startDebugApp({ adapter, debug: { dir, ...debug } });
    hosts.set(key, host);
    return host;
  };
  afterAll(async () => {
    for (const host of hosts.values()) await (await host).app.close();
  });

  const check = async ({ debug, headers = HOST, method, path, status, code }: Case) => {
    const answer = await raw((await hostFor(debug)).port, { headers, method, path });
    expect(answer.status).toBe(status);
    if (code) expect(JSON.parse(answer.body)).toMatchObject({ statusCode: status, code, message: expect.any(String) });
  };

  it.each(ENVIRONMENTS)('this machine, NODE_ENV $what: $status', check);
  it.each(DENIED)('$what: $status', check);
  it.each(CROSS)('$what: $status', check);
  it.each(WELCOME)('$what: $status', check);

  it.each(['/debug', '/debug/traces', '/debug/stream', '/debug/contacts/c', '/debug/trace/t/export'])(
    'guards %s like every other route',
    async (path) => {
      const { port } = await hostFor(STAGING);
      expect((await raw(port, { path, headers: HOST })).status).toBe(401);
      expect((await raw(port, { path, headers: { ...bearer(TOKEN), origin: 'https://evil.example' } })).status).toBe(
        403,
      );
    },
  );

  it('responds in production as for a path that does not exist', async () => {
    const { port } = await hostFor({ environment: 'production' });
    const ours = await raw(port, { path: '/debug/health?token=x', headers: { host: 'evil.example' } });
    const nothing = await raw(port, { path: '/debug-no/health?token=x', headers: { host: 'evil.example' } });
    expect(JSON.parse(ours.body)).toEqual(JSON.parse(nothing.body.replaceAll('debug-no', 'debug')));
    expect(Object.keys(ours.headers).sort()).toEqual(Object.keys(nothing.headers).sort());
  });

  it('finds the token that was created in the directory', async () => {
    const { port } = await hostFor({ environment: 'staging' });
    await raw(port, { headers: HOST });
    const made = readFileSync(join(dir, 'debug-token'), 'utf8').trim();
    expect((await raw(port, { headers: bearer(made) })).status).toBe(200);
  });

  it('explains how to sign in, and requests a bearer token', async () => {
    const answer = await raw((await hostFor(STAGING)).port, { headers: HOST });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(JSON.parse(answer.body).message).toContain('debug-token');
    expect(answer.body).not.toContain(TOKEN);
  });

  describe('the cookie', () => {
    it('replaces ?token=, and the page removes it from the URL', async () => {
      const { port } = await hostFor(STAGING);
      const first = await raw(port, { path: `/debug?token=${TOKEN}&tab=2`, headers: HOST });
      expect(first.status).toBe(303);
      expect(first.headers.location).toBe('./debug?tab=2');
      const cookie = first.headers['set-cookie']?.[0] ?? '';
      expect(cookie).toMatch(/^trace_debug_[0-9a-f]{8}=[\w-]{43}; Path=\/debug; HttpOnly; SameSite=Strict$/);
      expect(cookie).not.toContain(TOKEN);
      const pair = cookie.split(';')[0] as string;
      expect((await raw(port, { path: '/debug', headers: { ...HOST, cookie: `a=b; ${pair}; c=d` } })).status).toBe(200);
      const write = { method: 'POST', path: '/debug/clear', headers: { ...HOST, cookie: pair } };
      expect((await raw(port, write)).status).toBe(200);
      expect((await raw(port, { path: '/debug', headers: { ...HOST, cookie: `${pair}x` } })).status).toBe(401);
    });

    it('continues without a redirect where a redirect would not carry it', async () => {
      const { port } = await hostFor(STAGING);
      const headers = {
        ...HOST,
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      };
      const first = await raw(port, { path: `/debug?token=${TOKEN}`, headers });
      expect(first.status).toBe(200);
      expect(first.headers['set-cookie']).toHaveLength(1);
      expect(first.body).toContain('http-equiv="refresh" content="0; url=./debug"');
    });

    it('is valid for the path that the browser uses', async () => {
      const host = await startDebugApp({ adapter, debug: STAGING, configure: (app) => app.setGlobalPrefix('api/v1') });
      const cookiePath = async (path: string, headers: Record<string, string> = {}) => {
        const answer = await raw(host.port, { path: `${path}?token=${TOKEN}`, headers: { ...HOST, ...headers } });
        return /Path=([^;]*)(; HttpOnly; SameSite=Strict)(; Secure)?/.exec(answer.headers['set-cookie']?.[0] ?? '');
      };
      expect((await cookiePath('/api/v1/debug'))?.[1]).toBe('/api/v1/debug');
      for (const route of ['contacts/debug', 'contacts', 'conversation', 'contacts/a/conversation']) {
        expect((await cookiePath(`/api/v1/debug/${route}`))?.[1]).toBe('/api/v1/debug');
      }
      const proxied = await cookiePath('/api/v1/debug/health', {
        'x-forwarded-prefix': '/shop/',
        'x-forwarded-proto': 'https',
      });
      expect(proxied?.[1]).toBe('/shop/api/v1/debug');
      expect(proxied?.[3]).toBe('; Secure');
      expect((await cookiePath('/api/v1/debug', { 'x-forwarded-prefix': '/a; Domain=x' }))?.[1]).toBe('/api/v1/debug');
      await host.app.close();
    });
  });

  it('lets no other site read, even where the application enables CORS', async () => {
    const host = await startDebugApp({ adapter, configure: enableCors });
    const headers = { ...HOST, origin: 'http://localhost:8000' };
    expect(corsHeaders(await raw(host.port, { path: '/own', headers }))).not.toEqual([]);
    for (const path of ['/debug', '/debug/health', '/debug/traces?limit=x', '/debug/stream?after=x']) {
      expect(corsHeaders(await raw(host.port, { path, headers }))).toEqual([]);
    }
    const foreign = { ...HOST, origin: 'https://evil.example' };
    expect(corsHeaders(await raw(host.port, { headers: foreign }))).toEqual([]);
    await host.app.close();
  });
});

@Injectable()
class ByHeader implements CanActivate {
  canActivate(context: any) {
    return of(context.switchToHttp().getRequest().headers['x-admin'] === 'yes');
  }
}

let made = 0;
@Injectable({ scope: Scope.REQUEST })
class PerRequest implements CanActivate {
  constructor() {
    made += 1;
  }
  canActivate() {
    return Promise.resolve(true);
  }
}

const THROWS: CanActivate = {
  canActivate: () => {
    throw new UnauthorizedException('log in first');
  },
};

describe.each(ADAPTERS)("the application's own guards, on %s", (adapter) => {
  const ask = async (
    guards: ResolvedDebugOptions['guards'],
    headers: Record<string, string> = {},
    providers = [] as any[],
  ) => {
    const debug = { environment: 'production', guards };
    const host = await startDebugApp({ adapter, debug, providers });
    const answer = await raw(host.port, { headers: { ...HOST, ...headers } });
    await host.app.close();
    return { status: answer.status, body: JSON.parse(answer.body) };
  };

  it('decide instead of the token', async () => {
    expect((await ask([ByHeader], { 'x-admin': 'yes' })).status).toBe(200);
    expect(await ask([ByHeader])).toMatchObject({ status: 403, body: { code: 'ACCESS_DENIED' } });
  });

  it('must all allow the request, and one may send its own message', async () => {
    expect((await ask([ByHeader, THROWS], { 'x-admin': 'yes' })).body).toMatchObject({ message: 'log in first' });
    expect((await ask([ByHeader, THROWS])).status).toBe(403);
  });

  it('run after the cross-site checks', async () => {
    const headers = { 'x-admin': 'yes', origin: 'https://evil.example' };
    expect((await ask([ByHeader], headers)).body.code).toBe('CROSS_SITE');
  });

  it('may be of request scope', async () => {
    made = 0;
    expect((await ask([PerRequest], {}, [PerRequest])).status).toBe(200);
    expect(made).toBe(1);
  });

  it('decide on loopback in development too', async () => {
    const host = await startDebugApp({ adapter, debug: { environment: 'development', guards: [ByHeader] } });
    expect((await raw(host.port, { headers: HOST })).status).toBe(403);
    await host.app.close();
  });
});
