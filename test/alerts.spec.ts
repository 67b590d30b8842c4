import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execFileSync, spawnSync } from 'node:child_process';
import { Controller, Post, Body, UnauthorizedException } from '@nestjs/common';
import {
  type Alert,
  alertTo,
  alertWhen,
  TraceHealthIndicator,
  traceReply,
  traceUsage,
  verifyAlertSignature,
} from 'nestjs-trace-collector';
import { type RunningApp, startApp } from './support/nest-app.js';

const SECRET = 'the-secret-of-this-test';
const CONTACT = '5215512344821';
const MESSAGE = 'no slots on Friday';

@Controller()
class Hooks {
  @Post('webhook')
  answer(@Body() { fail, model }: { fail?: string; model?: string }): string {
    if (fail === 'sender') throw new UnauthorizedException('bad signature');
    if (fail !== undefined) throw new TypeError(`${MESSAGE}: ${fail}`);
    if (model !== undefined) traceUsage({ model, input: 100, output: 20, costUsd: 0.5 } as never);
    traceReply('done');
    return 'ok';
  }
}

describe('the alerts of an application', () => {
  const received: { headers: Record<string, unknown>; body: string; at: number }[] = [];
  let server: Server;
  let app: RunningApp;
  let arrived: () => void = () => undefined;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), at: Date.now() });
      response.end('ok');
      arrived();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    app = await startApp({
      controllers: [Hooks],
      options: {
        alerts: {
          channels: [
            alertTo.webhook(`http://127.0.0.1:${port}/s3cret-path`, { secret: SECRET }),
            alertTo.slack('http://127.0.0.1:1/services/s3cret', { name: 'down' }),
          ],
          rules: [alertWhen.newError({ window: '1h' })],
          url: 'https://app.example.com/debug',
        },
      },
    });
  });
  afterAll(async () => {
    await app.close();
    server.closeAllConnections();
    server.close();
  });

  /** Resolves when the webhook has got this many. */
  async function until(count: number): Promise<void> {
    while (received.length < count) await new Promise<void>((resolve) => (arrived = resolve));
  }

  it('reach a webhook within 5 s, once, signed, and without what was captured', async () => {
    for (let n = 0; n < 20; n += 1) await app.post('/webhook', { contactId: CONTACT, message: 'hola', fail: 'x' });
    await app.post('/webhook', { contactId: CONTACT, message: 'hola', fail: 'sender' });
    const { ended_at: endedAt } = await app.ended(CONTACT);
    await until(1);
    const [{ headers, body, at }] = received as [(typeof received)[0]];
    expect(at - Date.parse(endedAt)).toBeLessThan(5_000);
    expect(verifyAlertSignature(SECRET, headers['x-trace-signature'] as string, body)).toBe(true);
    const alert = JSON.parse(body) as Alert;
    expect(alert).toMatchObject({ rule: 'newError', title: 'New error: TypeError in Hooks.answer' });
    expect(body).not.toMatch(new RegExp(`${CONTACT}|Friday|hola`));
    const { groups } = await app.debug('/errors');
    expect(groups.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).toContain(alert.subject);
    expect(alert.link).toBe(`https://app.example.com/debug/#/errors?f=${alert.subject}`);
  });

  it('are listed without addresses, with a channel that is down, which health names', async () => {
    const alerts = await app.debug('/alerts');
    expect(alerts).toMatchObject({
      enabled: true,
      rules: [{ rule: 'newError', options: { window_ms: 3_600_000, client_errors: false } }],
      channels: [
        { channel: 'webhook', kind: 'webhook', sent: 1, failing: null },
        { channel: 'down', kind: 'slack', target: '127.0.0.1:1', sent: 0 },
      ],
      sent: [{ title: 'New error: TypeError in Hooks.answer' }],
      content: 'none',
      quiet_ms: 1_800_000,
      url: 'https://app.example.com/debug',
    });
    expect(alerts.rules[0].last_sent_at).toBe(alerts.sent[0].at);
    const health = await app.debug('/health');
    expect(health).toMatchObject({ status: 'degraded', alerts: { sent: 1, dropped: 0, failing: ['down'] } });
    expect(health.reasons.join()).toMatch(/^Alerts cannot be sent to down: connect ECONNREFUSED/);
    expect(JSON.stringify([alerts, health])).not.toContain('s3cret');
  });

  it('are tested channel by channel, and are no outgoing call of a trace', async () => {
    const response = await fetch(`${app.url}/debug/alerts/test`, { method: 'POST' });
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        results: [
          {
            channel: 'webhook',
            kind: 'webhook',
            target: expect.any(String),
            ok: true,
            error: null,
            duration_ms: expect.any(Number),
          },
          {
            channel: 'down',
            kind: 'slack',
            target: '127.0.0.1:1',
            ok: false,
            error: expect.stringContaining('ECONNREFUSED'),
            duration_ms: expect.any(Number),
          },
        ],
      },
    ]);
    expect(JSON.parse(received.at(-1)!.body)).toMatchObject({ rule: 'test', title: 'Test of alerts' });
    const { traces } = await app.debug('/traces?limit=500');
    expect(traces).toHaveLength(21);
    const { by_host: hosts } = await app.debug('/stats');
    expect(hosts).toBeUndefined();
  });

  it('are not repeated after a restart', async () => {
    const { dir } = app;
    const got: Alert[] = [];
    const again = await startApp({
      dir,
      controllers: [Hooks],
      options: {
        alerts: {
          channels: [alertTo.custom((alert) => void got.push(alert))],
          rules: [alertWhen.newError({ window: '1h' })],
        },
      },
    });
    try {
      await again.post('/webhook', { contactId: CONTACT, message: 'hola', fail: 'x' });
      await again.post('/webhook', { contactId: CONTACT, message: 'hola', model: 'gpt-5-mini' });
    } finally {
      // Delivers and evaluates all that was recorded.
      await again.close();
    }
    expect(got).toEqual([]);
    expect((await app.debug('/alerts')).sent).toHaveLength(1);
  });
});

describe('an application without alerts', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ controllers: [Hooks] });
  });
  afterAll(() => app.close());

  it('says so', async () => {
    expect(await app.debug('/alerts')).toEqual({ enabled: false, rules: [], channels: [], sent: [] });
    const response = await fetch(`${app.url}/debug/alerts/test`, { method: 'POST' });
    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  it('has metrics from the first scrape on, which promtool accepts, with no contact in a label', async () => {
    const scrape = async (): Promise<string> => (await fetch(`${app.url}/debug/metrics`)).text();
    const response = await fetch(`${app.url}/debug/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toContain('nestjs_trace_journal_bytes 0');
    for (const body of [{}, { fail: 'x' }, { model: 'evil"\nmodel\\' }]) {
      await app.post('/webhook', { contactId: CONTACT, message: 'hola', ...body });
    }
    let text = '';
    while (!/_ended_total\{status="error"/.test(text) || !/_ended_total\{status="completed".* 2$/m.test(text)) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      text = await scrape();
    }
    expect(text).toMatch(/^nestjs_trace_duration_seconds_bucket\{type="generic",le="\+Inf"\} 3$/m);
    expect(text).toMatch(/^nestjs_trace_llm_tokens_total\{model="evil\\"␊model\\\\",kind="input"\} 100$/m);
    expect(text).not.toContain(CONTACT);
    expect((await fetch(`${app.url}/debug/metrics?x=1`)).status).toBe(400);
    const { error } = spawnSync('promtool', ['--version']);
    if (error) return console.warn('promtool is not installed: the format of the metrics is not checked with it');
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
  });

  it('has an indicator for Terminus, which a degraded collector does not bring down', async () => {
    const indicator = app.app.get(TraceHealthIndicator);
    expect(await indicator.isHealthy('traces')).toEqual({ traces: { status: 'up', collector: 'ok', reasons: 0 } });
    const degraded = new TraceHealthIndicator({
      health: async () => ({ status: 'degraded', reasons: ['a'] }) as never,
    });
    expect(await degraded.isHealthy('t')).toEqual({ t: { status: 'up', collector: 'degraded', reasons: 1 } });
    expect(await degraded.isHealthy('t', { failWhenDegraded: true })).toMatchObject({ t: { status: 'down' } });
    const broken = new TraceHealthIndicator({ health: () => Promise.reject(new Error('x')) });
    expect(await broken.isHealthy()).toEqual({ traces: { status: 'down' } });
  });
});
