import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ExpressAdapter } from '@nestjs/platform-express';
import { ADAPTERS, type DebugApp, raw, startDebugApp } from '../../../../../test/support/debug-app.js';
import { installNoCors } from './no-cors.js';
import { isBelow, leadsBelow, plainPath } from './plain-path.js';

const ORIGIN = 'https://other.example';
const preflight = { origin: ORIGIN, 'access-control-request-method': 'GET' };

/** Spellings of `/debug` that a router, or a proxy before it, may normalize to it. */
const SPELLINGS = [
  '/debug',
  '/debug/',
  '/debug/health?a=1',
  '/DEBUG/health',
  '/%64ebug',
  '/%44%45BUG/health',
  '/debug%2F',
  '/debug%2fhealth',
  '//debug',
  '//debug//health',
  '/%2Fdebug',
  '/%2564ebug',
  '/x/../debug',
  '/x/%2e%2e/debug',
  '/./debug',
  '/debug;v=1',
  '/debug%3Fa',
  '/debug#a',
  '/\\debug',
  'http://localhost/debug',
  'http://localhost/%64ebug/traces',
  'HTTP://other.example:80//debug',
];

const corsOf = async (
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<string[]> => {
  const answer = await raw(port, { method, path, headers: { host: 'localhost', ...headers } });
  return Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'));
};

describe.each(ADAPTERS)('with CORS on for the whole application, on %s', (adapter) => {
  let app: DebugApp;
  beforeAll(async () => {
    app = await startDebugApp({
      adapter,
      configure: (nest) => {
        installNoCors(nest.getHttpAdapter() as never, () => '/debug');
        nest.enableCors({ origin: ORIGIN, credentials: true });
      },
    });
  });
  afterAll(() => app.app.close());

  it.each([
    ['GET', '/debug/health', {}],
    ['GET', '/debug', {}],
    ['GET', '/debug/nothing', {}],
    ['GET', '/debug/health', { origin: ORIGIN }],
  ])('answers %s %s with none of its headers', async (method, path, headers) => {
    expect(await corsOf(app.port, method, path, headers)).toEqual([]);
  });

  it('answers a preflight with none of its headers, in any spelling of the path', async () => {
    const found = await Promise.all(
      SPELLINGS.map(async (path) => [path, await corsOf(app.port, 'OPTIONS', path, preflight)]),
    );
    expect(found).toEqual(SPELLINGS.map((path) => [path, []]));
  });

  it.each([
    ['GET', '/own', { origin: ORIGIN }],
    ['OPTIONS', '/own', preflight],
    ['OPTIONS', '/own?next=/debug', preflight],
    ['OPTIONS', '/own/debug', preflight],
    ['OPTIONS', '/debugger', preflight],
    ['OPTIONS', '/%64ebugger', preflight],
    ['OPTIONS', '/debug/../own', preflight],
    ['OPTIONS', '/debug-own', preflight],
    ['OPTIONS', 'http://localhost/own', preflight],
  ])('leaves %s %s to the application', async (method, path, headers) => {
    expect(await corsOf(app.port, method, path, headers)).toContain('access-control-allow-origin');
  });
});

/** CORS by hand, like the middleware of many applications: with each of the forms that `writeHead` accepts. */
const FORMS: [form: string, headers: (name: string, value: string) => unknown][] = [
  ['an object', (name, value) => ({ [name]: value })],
  ['a flat list', (name, value) => ['X-A', '1', name, value]],
];

describe('with CORS from elsewhere', () => {
  it.each(FORMS)('removes headers set by %s, on an Express instance of the application', async (_, form) => {
    const server = new ExpressAdapter().getInstance();
    server.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      if (request.method !== 'OPTIONS') return next();
      response.writeHead(204, form('Access-Control-Allow-Origin', '*') as never).end();
    });
    const adapter = new ExpressAdapter(server);
    installNoCors(adapter as never, () => '/debug');
    const http = createServer(server).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo;
    expect(await corsOf(port, 'OPTIONS', '/%64ebug', preflight)).toEqual([]);
    expect(await corsOf(port, 'OPTIONS', '/own', preflight)).toEqual(['access-control-allow-origin']);
    http.close();
  });

  it('runs before a hook of the application, on Fastify', async () => {
    const answer = (request: any, reply: any, done: () => void): void => {
      if (request.method !== 'OPTIONS') return done();
      reply.header('Access-Control-Allow-Origin', '*').code(204).send();
    };
    const { app, port } = await startDebugApp({
      adapter: 'fastify',
      configure: (nest) => {
        nest.getHttpAdapter().getInstance().addHook('onRequest', answer);
        installNoCors(nest.getHttpAdapter() as never, () => '/debug');
      },
    });
    expect(await corsOf(port, 'OPTIONS', '//debug', preflight)).toEqual([]);
    expect(await corsOf(port, 'OPTIONS', '/own', preflight)).toEqual(['access-control-allow-origin']);
    await app.close();
  });

  it('matches the path below a mount', async () => {
    const [outer, inner] = [new ExpressAdapter().getInstance(), new ExpressAdapter().getInstance()];
    const adapter = new ExpressAdapter(inner);
    installNoCors(adapter as never, () => '/debug');
    inner.use((_request: IncomingMessage, response: ServerResponse) => {
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.end();
    });
    outer.use('/shop', inner);
    const http = createServer(outer).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo;
    expect(await corsOf(port, 'OPTIONS', '/shop/%64ebug/health', preflight)).toEqual([]);
    expect(await corsOf(port, 'OPTIONS', '/shop/own', preflight)).toEqual(['access-control-allow-origin']);
    http.close();
  });
});

it('compares plain paths by whole segments', () => {
  expect(plainPath('/Api/%64ebug//x/?a#b')).toBe('/api/debug/x');
  expect(plainPath('http://host')).toBe('/');
  expect(plainPath('/%zz/%c3%a9')).toBe('/%zz/é');
  expect(isBelow('/debug', '/debug')).toBe(true);
  expect(isBelow('/debugger', '/debug')).toBe(false);
  expect(isBelow('/anything', '/')).toBe(true);
});

const OTHERS = [
  '/',
  '/debugger',
  '/debugger/x',
  '/a/debug',
  '/x?to=/debug',
  '/DEBUGGER',
  '/deb',
  '/debug-x',
  '/debug/a/b?c=/..',
];

it.each([...SPELLINGS, ...OTHERS])('the short comparison of %s gives the same result', (target) => {
  for (const base of ['/debug', '/', '/api/v1/debug']) {
    expect(leadsBelow(target, base)).toBe(isBelow(plainPath(target), base));
    expect(leadsBelow(`/api/v1${target}`, base)).toBe(isBelow(plainPath(`/api/v1${target}`), base));
  }
});
