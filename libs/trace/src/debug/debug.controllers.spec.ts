import type { CallHandler, ExecutionContext, INestApplication, NestInterceptor } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { BadRequestException, ValidationPipe, VersioningType } from '@nestjs/common';
import { catchError, map, of } from 'rxjs';
import { ADAPTERS, raw, startDebugApp } from '../../../../test/support/debug-app.js';
import type { DebugApp, DebugAppOptions } from '../../../../test/support/debug-app.js';
import { EXPORT, HEALTH, ITEM, TRACE_ID } from '../../../../test/support/debug-queries.js';
import { TraceCollectorError } from '../model/errors.js';
import { isNoTrace } from '../context/decorators/trace-metadata.js';
import { createDebugControllers, mountDebug, setDebugPath } from './debug.controllers.js';

/** Changes that an application makes to all of its responses. */
class Envelope implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(
      map((data: unknown) => ({ success: true, data })),
      catchError(() => of({ success: false })),
    );
  }
}

class ReshapingFilter {
  catch(_error: unknown, host: any): void {
    const response = host.switchToHttp().getResponse();
    (response.raw ?? response).end('{"reshaped":true}');
  }
}

const HOSTILE: Partial<DebugAppOptions> = {
  providers: [
    { provide: APP_INTERCEPTOR, useClass: Envelope },
    { provide: APP_FILTER, useValue: Object.assign(new ReshapingFilter()) },
    { provide: APP_PIPE, useValue: { transform: (value: unknown) => value } },
  ],
};

describe.each(ADAPTERS)('the debug routes on %s', (adapter) => {
  let host: DebugApp;
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${host.url}${path}`, init);
    return { response, status: response.status, body: (await response.json()) as any };
  };

  beforeAll(async () => {
    host = await startDebugApp({ adapter, ...HOSTILE });
  });
  afterAll(() => host.app.close());
  beforeEach(() => {
    host.queries.asked.length = 0;
    host.queries.failWith = undefined;
    host.queries.exported = EXPORT;
  });

  it.each([
    ['/debug/health', 'health', undefined],
    ['/debug/traces', 'traces', expect.objectContaining({ limit: 20 })],
    [`/debug/trace/${TRACE_ID}`, 'trace', TRACE_ID],
    [`/debug/traces/${TRACE_ID}`, 'trace', TRACE_ID],
    ['/debug/trace/z49h', 'trace', 'z49h'],
    [`/debug/trace/${TRACE_ID}?max_events=30`, 'leanTrace', { id: TRACE_ID, maxEvents: 30 }],
    [`/debug/trace/${TRACE_ID}?max_value_bytes=16384`, 'leanTrace', { id: TRACE_ID, maxValueBytes: 16_384 }],
    [`/debug/trace/${TRACE_ID}/events/7`, 'event', { id: TRACE_ID, seq: 7 }],
    [`/debug/traces/${TRACE_ID}/events/0`, 'event', { id: TRACE_ID, seq: 0 }],
    [`/debug/trace/${TRACE_ID}/export`, 'export', TRACE_ID],
    ['/debug/last-trace', 'lastTrace', undefined],
    ['/debug/active', 'active', undefined],
    ['/debug/stats', 'stats', {}],
    ['/debug/traces?sort=cost&fingerprint=f1', 'traces', expect.objectContaining({ sort: 'cost', fingerprint: 'f1' })],
    ['/debug/errors?q=slots&state=open', 'errorGroups', { q: 'slots', state: 'open' }],
    ['/debug/values?of=tool&prefix=ca', 'values', { of: 'tool', prefix: 'ca' }],
    ['/debug/quick-debug/%2B34%20600', 'quickDebug', '+34 600'],
    ['/debug/contacts/a%2Fb%25?limit=7', 'contact', { contact: 'a/b%', limit: 7 }],
    ['/debug/quick-debug?contact_id=..', 'quickDebug', '..'],
    ['/debug/contacts?contact_id=%2B34&limit=7', 'contact', { contact: '+34', limit: 7 }],
    [`/debug/contacts?contact_id=${'x'.repeat(256)}`, 'contact', { contact: 'x'.repeat(256), limit: undefined }],
    ['/debug/contacts/conversation', 'contact', { contact: 'conversation', limit: undefined }],
  ])('GET %s requests %s', async (path, method, argument) => {
    const { status } = await get(path);
    expect(status).toBe(200);
    expect(host.queries.asked).toEqual([{ method, argument }]);
  });

  it('returns JSON unchanged, whatever the application does to its own responses', async () => {
    const own = await get('/own');
    expect(own.body).toEqual({ success: true, data: { own: true } });
    const { body, response } = await get('/debug/health');
    expect(body).toEqual(HEALTH);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('passes every filter on', async () => {
    await get(
      '/debug/traces?limit=500&before=c1&contact_id=c&status=error&q=cita&since=2024-01-20T14:30:22.123456Z&until=1705761023000&min_duration_ms=12.5&agent=sofia&tool=crm',
    );
    expect(host.queries.asked[0]?.argument).toEqual({
      limit: 500,
      before: 'c1',
      contactId: 'c',
      status: ['error'],
      q: 'cita',
      since: 1705761022123456,
      until: 1705761023000000,
      minDurationMs: 12.5,
      agent: 'sofia',
      tool: 'crm',
    });
  });

  it.each([
    ['limit=0', '"limit" is "0"; give a whole number from 1 to 500'],
    ['limit=501', '"limit" is "501"'],
    ['limit=1e2', '"limit" is "1e2"'],
    ['limit=', '"limit" is empty'],
    ['limit=1&limit=2', '"limit" is given 2 times'],
    ['limit[]=1', '"limit[]" is no parameter of this route; it takes limit, before, sort, contact_id'],
    ['status=broken', '"status" is "broken"; give one of active, completed'],
    ['status=error,broken', '"status" is "error,broken"; give one of active, completed'],
    ['since=yesterday', '"since" is "yesterday"; give how long ago'],
    ['since=2024-02-31', '"since" is "2024-02-31"'],
    ['since=1h&until=2h', '"until" is before "since"'],
    ['min_duration_ms=-1', '"min_duration_ms" is "-1"; give milliseconds, 0 or more'],
    ['contact_id=%20%0A', '"contact_id" is " \\n"'],
    ['statuss=error', '"statuss" is no parameter of this route'],
    ['__proto__=1', '"__proto__" is no parameter of this route'],
    ['constructor=1', '"constructor" is no parameter of this route'],
    [`q=${'x'.repeat(1001)}`, '"q" is "xxx'],
  ])('refuses ?%s and lists the allowed values', async (query, message) => {
    const { status, body } = await get(`/debug/traces?${query}`);
    expect(status).toBe(400);
    expect(body).toEqual({
      statusCode: 400,
      code: 'BAD_QUERY',
      message: expect.stringContaining(message),
      error: 'Bad Request',
    });
    expect(host.queries.asked).toEqual([]);
  });

  it('names every bad parameter at once', async () => {
    const { body } = await get('/debug/traces?limit=x&status=y');
    expect(body.message).toContain('"limit" is "x"');
    expect(body.message).toContain('"status" is "y"');
  });

  it.each(['/debug/health?x=1', '/debug/last-error?limit=3', `/debug/trace/${TRACE_ID}?pretty=1`])(
    'refuses a parameter that %s does not have',
    async (path) => expect((await get(path)).body.code).toBe('BAD_QUERY'),
  );

  it.each([
    ['/debug/trace/..%2F..%2Fetc%2Fpasswd', 400],
    ['/debug/trace/a%00b', 400],
    ['/debug/trace/%F0%9F%98%80', 400],
    ['/debug/contacts/%20%0A', 400],
    ['/debug/contacts', 400],
    ['/debug/contacts?contact_id=%20', 400],
    ['/debug/contacts/a?contact_id=b', 400],
    ['/debug/quick-debug', 400],
    ['/debug/conversation', 400],
    ['/debug/trace/nobody', 404],
    [`/debug/trace/${TRACE_ID}/events/-1`, 400],
    [`/debug/trace/${TRACE_ID}/events/1e3`, 400],
    [`/debug/trace/${TRACE_ID}/events/7?at=data`, 400],
    ['/debug/trace/a%00b/events/7', 400],
    [`/debug/trace/${TRACE_ID}?max_value_bytes=999`, 400],
    [`/debug/trace/${TRACE_ID}?max_events=2`, 400],
    [`/debug/trace/${TRACE_ID}?max_value_bytes=16k`, 400],
  ])('%s responds %i with a code', async (path, expected) => {
    const { status, body } = await get(path);
    expect(status).toBe(expected);
    expect(body).toMatchObject({ statusCode: expected, code: expect.stringMatching(/^(BAD_QUERY|TRACE_NOT_FOUND)$/) });
  });

  it.each(['/debug/trace/%E0%A4%A', `/debug/trace/${'x'.repeat(5000)}`])('never requests %.30s', async (path) => {
    await raw(host.port, { path });
    expect(host.queries.asked).toEqual([]);
  });

  it.each([
    ['NO_ERRORS', 404, 'Not Found'],
    ['TRACE_AMBIGUOUS', 409, 'Conflict'],
    ['CATALOG_UNAVAILABLE', 503, 'Service Unavailable'],
    ['NOT_SUPPORTED', 501, 'Not Implemented'],
  ] as const)('maps %s to %i', async (code, statusCode, error) => {
    host.queries.failWith = new TraceCollectorError(code, 'because');
    expect((await get('/debug/last-error')).body).toEqual({ statusCode, code, message: 'because', error });
  });

  it('returns the candidates of an ambiguous id', async () => {
    const candidates = [{ trace_id: 'ana_2' }, { trace_id: 'ana_1' }];
    host.queries.failWith = new TraceCollectorError('TRACE_AMBIGUOUS', 'because', { candidates });
    expect((await get('/debug/last-error')).body).toMatchObject({ statusCode: 409, candidates });
  });

  it('hides the details of an unexpected error', async () => {
    host.queries.failWith = new Error('ENOENT /home/secret/path');
    const { status, body } = await get('/debug/health');
    expect(status).toBe(500);
    expect(body).toMatchObject({ statusCode: 500, code: 'INTERNAL', error: 'Internal Server Error' });
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  describe('the export', () => {
    it('is a file', async () => {
      const response = await fetch(`${host.url}/debug/trace/${TRACE_ID}/export`);
      expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${TRACE_ID}.json"`);
      expect(JSON.parse(await response.text())).toEqual(EXPORT);
    });

    it('returns Markdown on request', async () => {
      const response = await fetch(`${host.url}/debug/trace/${TRACE_ID}/export?format=md`);
      expect(response.headers.get('content-disposition')).toContain('.md"');
      expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
      expect(await response.text()).toContain('Quiero agendar una cita');
    });

    it('fits into a budget', async () => {
      const timeline = Array.from({ length: 500 }, (_, index) => `[14:30:22] 📌 step_${index}`);
      host.queries.exported = { ...EXPORT, timeline };
      const response = await fetch(`${host.url}/debug/trace/${TRACE_ID}/export?max_tokens=500`);
      const text = await response.text();
      expect(text.length).toBeLessThan(1500);
      expect(JSON.parse(text).timeline).toContainEqual(expect.stringMatching(/^… 4\d\d lines left out$/));
    });

    it.each(['format=pdf', 'max_tokens=5', 'max_tokens=ten'])('refuses ?%s', async (query) =>
      expect((await get(`/debug/trace/${TRACE_ID}/export?${query}`)).status).toBe(400),
    );

    it('gets no header from the id of a foreign store', async () => {
      host.queries.exported = { ...EXPORT, trace_id: '../a"\r\nX-Evil: 1 ñ' };
      const response = await fetch(`${host.url}/debug/trace/${TRACE_ID}/export`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-disposition')).toBe('attachment; filename="-a---X-Evil--1--.json"');
    });
  });

  describe('writes', () => {
    it('clears, and keeps errors on request', async () => {
      const { status, body } = await get('/debug/clear?keep_errors=true', { method: 'POST' });
      expect({ status, body }).toEqual({ status: 200, body: { removed: 3 } });
      await get('/debug/clear', { method: 'POST' });
      expect(host.queries.asked.map(({ argument }) => argument)).toEqual([{ keepErrors: true }, { keepErrors: false }]);
    });

    it('erases a contact', async () => {
      const { status, body } = await get('/debug/contacts/%2B34', { method: 'DELETE' });
      expect({ status, body }).toEqual({ status: 200, body: { removed: 2 } });
      expect(host.queries.asked).toEqual([{ method: 'eraseContact', argument: '+34' }]);
    });

    it('erases a contact in the files of a database on request', async () => {
      expect(await get('/debug/contacts/ana?scrub=true', { method: 'DELETE' })).toMatchObject({ status: 200 });
      expect(host.queries.asked).toEqual([{ method: 'eraseContact', argument: { contact: 'ana', scrub: true } }]);
      expect(await get('/debug/contacts/ana?scrub=perhaps', { method: 'DELETE' })).toMatchObject({ status: 400 });
    });

    it('erases a contact that no path can carry, and nothing without a contact', async () => {
      expect(await get('/debug/contacts?contact_id=..', { method: 'DELETE' })).toMatchObject({ status: 200 });
      expect(await get('/debug/contacts', { method: 'DELETE' })).toMatchObject({ status: 400 });
      expect(await get('/debug/contacts?contact_id=', { method: 'DELETE' })).toMatchObject({ status: 400 });
      expect(host.queries.asked).toEqual([{ method: 'eraseContact', argument: '..' }]);
    });

    it('pins and unpins a trace', async () => {
      const id = encodeURIComponent(TRACE_ID);
      const pinned = await get(`/debug/trace/${id}/pin`, { method: 'PUT' });
      expect(pinned).toMatchObject({ status: 200, body: { trace_id: TRACE_ID, pinned: true } });
      await get(`/debug/traces/${id}/pin`, { method: 'DELETE' });
      expect(host.queries.asked.map(({ argument }) => argument)).toEqual([
        { id: TRACE_ID, pinned: true },
        { id: TRACE_ID, pinned: false },
      ]);
    });

    it('sets the state of an error group, which a page of another site cannot', async () => {
      const route = '/debug/errors/f%201?state=resolved';
      const answer = await get(route, { method: 'PUT' });
      expect(answer).toMatchObject({ status: 200, body: { fingerprint: 'f 1', state: 'resolved' } });
      expect(host.queries.asked).toEqual([
        { method: 'setErrorState', argument: { fingerprint: 'f 1', state: 'resolved' } },
      ]);
      const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
      expect(await get(route, { method: 'PUT', headers })).toMatchObject({ status: 403 });
      expect(await get('/debug/errors/f1?state=closed', { method: 'PUT' })).toMatchObject({ status: 400 });
      expect(await get('/debug/errors/f1', { method: 'PUT' })).toMatchObject({ status: 400 });
      expect(host.queries.asked).toHaveLength(1);
    });

    it('refuses an ambiguous request', async () =>
      expect((await get('/debug/clear?keep_errors=maybe', { method: 'POST' })).status).toBe(400));

    it('are not possible by a link', async () => {
      await raw(host.port, { path: '/debug/clear' });
      expect(host.queries.asked).toEqual([]);
    });
  });

  describe('the page', () => {
    it('shows the newest traces, and nothing that they contain can run', async () => {
      host.queries.items = [{ ...ITEM, message: '<script>alert(1)</script>', contact_id: `"><img src=x>'` }];
      const response = await fetch(`${host.url}/debug`);
      const html = await response.text();
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(html).toContain('&#60;script&#62;');
      expect(html).not.toMatch(/<script|<img/);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      expect(response.headers.get('referrer-policy')).toBe('no-referrer');
      host.queries.items = [ITEM];
    });

    it('links to routes that exist', async () => {
      const html = await (await fetch(`${host.url}/debug`)).text();
      const links = [...html.matchAll(/href="([^"]+)"/g)].map((match) => match[1] as string);
      expect(links.length).toBeGreaterThan(6);
      for (const link of links.filter((href) => !/stream|last-error/.test(href))) {
        expect((await fetch(new URL(link, `${host.url}/debug`))).status).toBe(200);
      }
    });
  });
});

describe.each(ADAPTERS)('in applications with other settings, on %s', (adapter) => {
  let host: DebugApp;
  afterEach(() => host.app.close());

  const configured: [string, string, (app: INestApplication) => void][] = [
    ['a global prefix', '/api/v9/debug', (app) => app.setGlobalPrefix('api/v9')],
    ['URI versioning', '/debug', (app) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: '3' })],
    [
      'header versioning',
      '/debug',
      (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    ],
    ['a strict ValidationPipe', '/debug', (app) => app.useGlobalPipes(strictPipe())],
  ];

  it.each(configured)('serves under %s', async (_what, base, configure) => {
    host = await startDebugApp({ adapter, configure });
    expect((await fetch(`${host.url}${base}/traces?limit=3`)).status).toBe(200);
    expect((await fetch(`${host.url}${base}`)).status).toBe(200);
  });

  it('serves at a path of the options', async () => {
    host = await startDebugApp({ adapter, debug: { path: 'internal/traces' } });
    expect((await fetch(`${host.url}/internal/traces/health`)).status).toBe(200);
    expect((await fetch(`${host.url}/debug/health`)).status).toBe(404);
    expect(await (await fetch(`${host.url}/internal/traces`)).text()).toContain('href="./traces/health"');
  });

  it('changes the path before the routes are made, as forRootAsync requires', async () => {
    host = await startDebugApp({ adapter, mount: (controllers) => setDebugPath(controllers, '/late/') });
    expect((await fetch(`${host.url}/late/health`)).status).toBe(200);
    expect((await fetch(`${host.url}/debug/health`)).status).toBe(404);
  });

  it('has no routes where no caller has access', async () => {
    const debug = { environment: 'production' };
    host = await startDebugApp({ adapter, debug, mount: mountDebug });
    for (const path of ['/debug', '/debug/health', '/health', '/']) {
      expect((await fetch(`${host.url}${path}`)).status).toBe(404);
    }
    expect((await fetch(`${host.url}/own`)).status).toBe(200);
  });
});

it.each(createDebugControllers('debug'))('%p is neither traced nor throttled', (controller) => {
  expect(isNoTrace(controller)).toBe(true);
  expect(Reflect.getMetadata('THROTTLER:SKIPdefault', controller)).toBe(true);
});

/** Refuses everything: a request that reaches it does not belong to the application. */
function strictPipe(): ValidationPipe {
  const pipe = Object.create(ValidationPipe.prototype) as ValidationPipe;
  pipe.transform = (_value, { metatype }) => {
    if (metatype && metatype !== Object && metatype !== String) throw new BadRequestException(metatype.name);
    return Promise.resolve(_value);
  };
  return pipe;
}
