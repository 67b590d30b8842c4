import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { describeInBrowser, executed, launch, visit } from '../support/browser.js';
import { ADAPTERS, startApp, type AppParts, type RunningApp } from '../support/nest-app.js';
import { StoryController } from '../support/story-app.js';

const TOKEN = 'a-token-of-more-than-thirty-two-characters';

describeInBrowser('wherever it hangs', () => {
  let browser: Browser;
  let app: RunningApp;
  let proxy: Server | undefined;

  beforeAll(async () => {
    browser = await launch();
  }, 60_000);
  afterEach(async () => {
    proxy?.close().closeAllConnections();
    proxy = undefined;
    await app.close();
  });
  afterAll(() => browser.close());

  const start = async (parts: AppParts): Promise<void> => {
    app = await startApp({ controllers: [StoryController], ...parts });
  };

  /** An environment where everybody needs the token, this machine too. */
  const startStaging = async (parts: AppParts): Promise<void> => {
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'staging';
    try {
      await start({ ...parts, options: { debug: { token: TOKEN } } });
    } finally {
      process.env.NODE_ENV = before;
    }
  };

  /** Waits for a new trace on the page, and opens it. */
  const works = async (page: string, webhook: string, options = {}): Promise<void> => {
    const seen = await visit(browser, page, options);
    await seen.page.waitForSelector('.stream-open');
    const sent = await app.post(webhook, { contactId: 'ana', body: 'hola', reply: 'hola, ana' });
    expect(sent.status).toBe(202);
    await seen.page.locator('.row-message', { hasText: 'hola' }).click();
    await seen.page.waitForSelector('.step-row');
    expect(seen.problems).toEqual([]);
    expect(await executed(seen.page)).toEqual([]);
    await seen.context.close();
  };

  describe.each(ADAPTERS)('on %s', (adapter) => {
    it('works at /debug', async () => {
      await start({ adapter });
      await works(`${app.url}/debug`, '/webhook');
    });

    it('works under a global prefix', async () => {
      await start({ adapter, configure: (nest) => nest.setGlobalPrefix('api/v2') });
      await works(`${app.url}/api/v2/debug`, '/api/v2/webhook');
    });

    it('works at a path of the options', async () => {
      await start({ adapter, options: { debug: { path: 'internal/traces' } } });
      await works(`${app.url}/internal/traces`, '/webhook');
    });

    it('asks for the token, keeps the requested page, and removes the token from the URL', async () => {
      await startStaging({ adapter });
      const { page, problems, context } = await visit(browser, `${app.url}/debug#/stats`);
      await page.waitForSelector('h1 >> text=Sign in');
      await page.fill('input[name=token]', 'wrong');
      await page.keyboard.press('Enter');
      await page.waitForSelector('text=not the one');
      await page.fill('input[name=token]', TOKEN);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.stream-open');
      expect(page.url()).not.toContain(TOKEN);
      expect((await context.cookies())[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/debug' });
      await context.clearCookies();
      await page.goto(`${app.url}/debug?token=${TOKEN}#/errors`);
      await page.waitForSelector('h1 >> text=Errors');
      expect(page.url()).toBe(`${app.url}/debug#/errors`);

      // The session ends while the page is open: it asks for the token again, and continues at the same place.
      await context.clearCookies();
      await page.click('text=Stats');
      await page.waitForSelector('h1 >> text=Sign in');
      await page.fill('#token', `${app.url}/debug?token=${TOKEN}`);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.numbers');
      expect(page.url()).toBe(`${app.url}/debug#/stats`);
      // Script and style need the token too: the page that asks for it uses neither.
      expect(problems.filter((text) => !/401|Refused to apply style/.test(text))).toEqual([]);
      await context.close();
    });
  });

  it('works behind a proxy that puts it below a path', async () => {
    await start({});
    const target = Number(new URL(app.url).port);
    proxy = createServer((incoming, outgoing) => {
      const path = incoming.url!.replace(/^\/team\/bot/, '');
      const options = { port: target, path, method: incoming.method, headers: incoming.headers };
      const request = forward({ host: '127.0.0.1', ...options }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      request.on('error', () => outgoing.destroy());
      outgoing.on('close', () => request.destroy());
      incoming.pipe(request);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => proxy!.once('listening', resolve));
    await works(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/team/bot/debug`, '/webhook');
  });

  it('opens from a link on another site with the cookie', async () => {
    await startStaging({});
    const { page, context } = await visit(browser, `${app.url}/debug?token=${TOKEN}`);
    await page.waitForSelector('.stream-open');
    proxy = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(`<a href="${app.url}/debug#/stats">stats</a>`);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => proxy!.once('listening', resolve));
    // Another host name: another site.
    await page.goto(`http://localhost:${(proxy.address() as AddressInfo).port}/`);
    await page.click('a');
    await page.waitForSelector('.numbers');
    await context.close();
  });
});
