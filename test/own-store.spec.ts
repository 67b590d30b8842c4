import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, type INestApplication, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Browser } from 'playwright-core';
import { traceEvent, TraceModule, type RetentionOptions, type TraceStore } from 'nestjs-trace-collector';
import { MemoryStore } from 'nestjs-trace-collector/testing';
import { describeInBrowser, launch, screenshot, visit } from './support/browser.js';
import { temporaryDirectory } from './support/cli-run.js';

const ID = 'ana_20240120_143022_123456';

/** A store with the required members only. It has one trace. */
function smallStore(): TraceStore {
  const inner = new MemoryStore();
  const ts = Date.UTC(2024, 0, 20, 14, 30, 22) * 1000;
  const trace = '1-1';
  inner.sink.append({ kind: 'open', trace, id: ID, traceparent: '', ts });
  inner.sink.append({ kind: 'identify', trace, id: ID, contact: 'ana', message: 'hola', ts });
  inner.sink.append({ kind: 'end', trace, status: 'completed', ts: ts + 5_000 });
  return {
    freshness: { lagMs: 1_000 },
    list: (search) => inner.list(search),
    get: (id) => inner.get(id),
    getMany: (ids) => inner.getMany(ids),
    health: () => inner.health(),
    close: () => inner.close(),
  };
}

@Controller('webhook')
class Hook {
  @Post() take() {
    traceEvent('step', { in: 'the journal' });
  }
}

function moduleOf(storage: TraceStore, retention?: RetentionOptions) {
  @Module({
    imports: [TraceModule.forRoot({ storage, retention, debug: { access: 'loopback' }, lifecycle: { quietMs: 20 } })],
    controllers: [Hook],
  })
  class App {}
  return App;
}

describe('an application with a store that has no capability', () => {
  const dir = temporaryDirectory();
  const given = process.env.TRACE_DIR;
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    process.env.TRACE_DIR = dir;
    app = await NestFactory.create(moduleOf(smallStore()), { logger: false, forceCloseConnections: true });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  });
  afterAll(async () => {
    await app.close();
    if (given === undefined) delete process.env.TRACE_DIR;
    else process.env.TRACE_DIR = given;
    rmSync(dir, { recursive: true, force: true });
  });

  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`${url}${path}`, { method, headers: { 'content-type': 'application/json' } });
    const text = await response.text();
    return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : undefined };
  };

  it.each([
    ['/debug/traces', { count: 1, traces: [{ trace_id: ID }] }],
    ['/debug/traces?contact_id=ana&q=-tool:book', { count: 1 }],
    [`/debug/trace/${ID}`, { trace_id: ID, webhook_message: 'hola' }],
    ['/debug/trace/ana_', { trace_id: ID }],
    ['/debug/last-trace', { trace_id: ID }],
    ['/debug/active', { count: 0 }],
    ['/debug/quick-debug/ana', { contact_id: 'ana' }],
    ['/debug/contacts/ana', { contact_id: 'ana', count: 1 }],
  ])('answers %s', async (path, answer) => {
    const { status, body } = await ask(path);
    expect({ status, body }).toMatchObject({ status: 200, body: answer });
  });

  it.each([
    ['GET', '/debug/stats', 'stats'],
    ['GET', '/debug/stream', 'feed'],
    ['GET', '/debug/traces?q=hola', 'search'],
    ['GET', '/debug/traces?q=-hola', 'search'],
    ['POST', '/debug/clear', 'admin'],
    ['DELETE', '/debug/contacts/ana', 'admin'],
  ])('%s %s is a 501 that names the missing capability', async (method, path, name) => {
    const { status, body } = await ask(path, method);
    expect(body).toMatchObject({ statusCode: 501, code: 'NOT_SUPPORTED', error: 'Not Implemented' });
    expect([status, body.message]).toEqual([501, expect.stringContaining(`has no \`${name}\``)]);
  });

  it('reports in health and on the plain page what is missing, and shows no counts', async () => {
    expect((await ask('/debug/health')).body).toMatchObject({
      status: 'ok',
      total_traces: null,
      not_supported: ['stats', 'feed', 'search', 'baseline', 'admin'],
    });
    const page = (await ask('/debug?plain')).text;
    expect(page).toContain('The store has no stats, feed, search, baseline, admin.');
    expect(page).toContain(ID);
  });

  describeInBrowser('its page', () => {
    let browser: Browser;
    beforeAll(async () => void (browser = await launch()));
    afterAll(() => browser.close());

    it.each([
      ['list', '', ['hola', 'has no `stats`. Totals and statistics need it.']],
      ['search', '#/?q=hola', ['has no `search`. Text search needs it.']],
      ['stats', '#/stats', ['has no `stats`. Totals and statistics need it.', 'No trace ended in this time range.']],
      ['trace', `#/t/${ID}`, ['hola', 'No live updates']],
    ])('shows what there is and says what is missing: %s', async (name, hash, texts) => {
      const { page, context, problems } = await visit(browser, `${url}/debug${hash}`);
      for (const text of texts) await page.getByText(text).first().waitFor();
      if (texts.includes('No live updates'))
        expect(await page.getByText('No live updates').getAttribute('title')).toContain('no `feed`');
      expect(await page.getByText('Try again').count()).toBe(0);
      expect(await page.getByText(/^Loading/).count()).toBe(0);
      expect(problems).toEqual([]);
      await screenshot(page, `own-store-${name}`);
      await context.close();
    });
  });

  it('still writes the local journal', async () => {
    expect((await ask('/webhook', 'POST')).status).toBe(201);
    const journal = join(dir, 'journal');
    const lines = readdirSync(journal).map((name) => readFileSync(join(journal, name), 'utf8'));
    expect(lines.join()).toContain('"in":"the journal"');
    expect((await ask('/debug/health')).body.journal).toMatchObject({ segments: 1 });
  });
});

describe('retention with a store of your own', () => {
  it('is refused at the start when the store cannot prune', async () => {
    const start = NestFactory.create(moduleOf(smallStore(), { maxAge: '1d' }), { logger: false, abortOnError: false });
    await expect(start).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('has no `admin.prune`'),
    });
  });
});
