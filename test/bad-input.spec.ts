import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { TraceModule } from 'nestjs-trace-collector';
import { ADAPTERS, type RunningApp, startApp } from './support/nest-app.js';
import { WebhookController } from './support/webhook.controller.js';

describe.each(ADAPTERS)('bad input on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ adapter, controllers: [WebhookController] });
  });
  afterAll(() => app.close());
  afterEach(async () => expect((await app.debug('/health')).status).toBe('ok'));

  it.each([
    ['/traces?limit=abc', 400, /limit.*abc/],
    ['/traces?limit=0', 400, /limit.*0/],
    ['/traces?limit=501', 400, /limit.*501/],
    ['/traces?status=broken', 400, /status.*broken.*completed/],
    ['/traces?before=zzz', 400, /before.*zzz|zzz.*before/],
    ['/traces?min_duration_ms=-1', 400, /min_duration_ms/],
    ['/traces?since=yesterday-ish', 400, /since.*yesterday-ish/],
    ['/traces?limt=5', 400, /limt/],
    ['/traces?limit=5&limit=6', 400, /limit/],
    ['/trace/..%2F..%2Fetc%2Fpasswd', [400, 404], /\.\./],
    ['/trace/no-such-trace', 404, /no-such-trace/],
    ['/trace/no-such-trace/export', 404, /no-such-trace/],
    ['/trace/x/export?format=xml', 400, /format.*xml/],
    ['/quick-debug/nobody', 404, /nobody/],
    ['/contacts/nobody', 404, /nobody/],
    ['/last-error', 404, /error/i],
  ])('answers %s with a clear error', async (path, status, names) => {
    const response = await fetch(`${app.url}/debug${path}`);
    expect([status].flat()).toContain(response.status);
    const body: any = await response.json();
    expect(body).toEqual({
      statusCode: response.status,
      code: expect.stringMatching(/^[A-Z_]+$/),
      message: expect.stringMatching(names),
      error: expect.any(String),
    });
  });

  it.each([
    [{ limits: { maxDepth: 'deep' } }, /limits\.maxDepth.*deep/],
    [{ limits: { maxDepht: 3 } }, /limits\.maxDepht/],
    [{ storage: { durability: 'sometimes' } }, /storage\.durability.*sometimes.*process/],
    [{ retention: { maxAge: 'soon' } }, /retention\.maxAge.*soon/],
    [{ capture: { dialects: ['klingon'] } }, /capture\.dialects.*klingon.*gohighlevel/],
    [{ timeZone: 'Mars/Olympus' }, /timeZone.*Mars\/Olympus/],
    [{ lifecycle: { expectReply: { within: 5 } } }, /lifecycle\.expectReply\.within/],
    [{ debug: { path: '../up' } }, /debug\.path/],
    [{ colour: 'red' }, /colour/],
  ])('fails at start-up for %j, naming the option and the value', async (options, names) => {
    const dir = mkdtempSync(join(tmpdir(), 'trace-test-'));
    const module = Test.createTestingModule({
      imports: [TraceModule.forRoot({ storage: { dir }, ...(options as object) })],
    });
    await expect(module.compile()).rejects.toThrow(names);
  });
});
