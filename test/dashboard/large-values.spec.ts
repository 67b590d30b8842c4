import AxeBuilder from 'axe-core';
import { traceError, traceEvent, traced } from 'nestjs-trace-collector';
import type { Browser, Page } from 'playwright-core';
import {
  describeInBrowser,
  executed,
  launch,
  screenshot,
  visit,
  type Visit,
  type VisitOptions,
} from '../support/browser.js';
import { ADAPTERS, startApp, type AdapterName, type RunningApp } from '../support/nest-app.js';
import { StoryController, play } from '../support/story-app.js';

const LARGE = 'large '.repeat(830_000);
const RUN = `<img src=x onerror="executed.push('ran')">`;
const OPTIONS = { limits: { maxEventBytes: 8_000_000, maxStringLength: 6_000_000 } };

/** A trace with a payload of 5 MB, a tool with large input and output, and an error with a large context. */
async function tellMuch(app: RunningApp): Promise<any> {
  const tool = traced(async (text: string) => ({ answer: text }), { kind: 'tool', name: 'summarize' });
  await play({ contactId: 'large', message: 'a lot' }, async () => {
    traceEvent('payload', { text: LARGE, small: 'stays' });
    await tool(`${RUN}\u202e${'in '.repeat(10_000)}`);
    traceError('checkout', new Error('too much'), { cart: 'item '.repeat(5_000) });
  });
  return app.ended('large');
}

describe.each(ADAPTERS)('large values over REST on %s', (adapter: AdapterName) => {
  let app: RunningApp;
  let whole: any;

  beforeAll(async () => {
    app = await startApp({ adapter, controllers: [StoryController], options: OPTIONS });
    whole = await tellMuch(app);
  });
  afterAll(() => app.close());

  it('are omitted on request, and only then', async () => {
    const get = (query: string) => fetch(`${app.url}/debug/trace/${whole.trace_id}${query}`);
    const lean = await (await get('?max_value_bytes=16384')).text();
    expect(lean.length).toBeLessThan(12_000);
    expect((await (await get('')).text()).length).toBeGreaterThan(5_000_000);
    const { omitted, events } = JSON.parse(lean);
    expect(omitted.map(({ path }: { path: string[] }) => path.join('.'))).toEqual([
      'event.data.text',
      'event.data.input',
      'event.data.output',
      'error.context',
    ]);
    const { data } = events.find(({ type }: { type: string }) => type === 'payload');
    expect(data).toMatchObject({ small: 'stays', text: { omitted: true, type: 'string', bytes: LARGE.length + 2 } });
    expect(await app.debug(`/${data.text.event}`)).toMatchObject({ event: { data: { text: LARGE, small: 'stays' } } });
    expect(await app.debug(`/trace/${whole.trace_id}`)).not.toHaveProperty('omitted');
  });

  it('are loaded event by event, with the error of that event', async () => {
    const { seq } = whole.events.find(({ type }: { type: string }) => type === 'error');
    const answer = await app.debug(`/traces/${whole.trace_id}/events/${seq}`);
    expect(answer).toEqual({
      trace_id: whole.trace_id,
      event: expect.objectContaining({ seq }),
      error: whole.errors[0],
    });
    const missing = await fetch(`${app.url}/debug/trace/${whole.trace_id}/events/999999`);
    expect([missing.status, await missing.json()]).toEqual([404, expect.objectContaining({ code: 'EVENT_NOT_FOUND' })]);
  });

  it('have the same access rules as the trace', async () => {
    const path = `${app.url}/debug/trace/${whole.trace_id}/events/${whole.events[0].seq}`;
    expect((await fetch(path, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect((await fetch(path, { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(401);
  });
});

describeInBrowser('large values on the page', () => {
  let browser: Browser;
  let app: RunningApp;
  let whole: any;

  beforeAll(async () => {
    browser = await launch();
    app = await startApp({ controllers: [StoryController], options: OPTIONS });
    whole = await tellMuch(app);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  const seqOf = (type: string): number => whole.events.find((event: any) => event.type === type).seq;
  const on = async (
    params: string,
    check: (seen: Visit) => Promise<void>,
    before?: (page: Page) => Promise<unknown>,
    options: VisitOptions = {},
  ) => {
    const seen = await visit(browser, 'about:blank', options);
    try {
      await before?.(seen.page);
      await seen.page.goto(`${app.url}/debug#/t/${whole.trace_id}${params}`);
      await check(seen);
      expect(seen.problems).toEqual([]);
      expect(await executed(seen.page)).toEqual([]);
    } finally {
      await seen.context.close();
    }
  };
  const loads = ({ requests }: Visit) => requests.filter((url) => url.includes('/events/'));
  const row = (page: Page, seq: number) => page.locator(`#e-${seq}`);
  const panel = (page: Page) => page.locator('.step-panel');
  const open = async (page: Page, seq: number) => {
    await row(page, seq).click();
    await page.waitForSelector(`#e-${seq}.current`);
  };

  it('load when they are opened, and small ones are there before', () =>
    on('', async (seen) => {
      const { page } = seen;
      const seq = seqOf('payload');
      await open(page, seq);
      expect(await panel(page).innerText()).toMatch(/text, 4\.98 MB/);
      expect(await panel(page).innerText()).toContain('stays');
      expect(loads(seen)).toEqual([]);
      await screenshot(page, 'large-value');
      await panel(page).getByRole('button', { name: 'Load data.text, 4.98 MB' }).click();
      await page.click('text=/show 200,000 more of 4,980,000 characters/');
      await page.waitForFunction(
        () => (globalThis as any).document.querySelector('.tree-string').textContent.length > 200_000,
      );
      expect(loads(seen)).toEqual([`${app.url}/debug/trace/${whole.trace_id}/events/${seq}`]);
      const isInside = () => (globalThis as any).document.activeElement.closest('#step-panel') !== null;
      expect(await page.evaluate(isInside)).toBe(true);
    }));

  it('load by themselves when a link opens their event', () =>
    on(`?e=${seqOf('tool')}`, async (seen) => {
      await seen.page.waitForSelector('text=/show .* more of 30,/');
      expect(await panel(seen.page).innerText()).toContain('\\u{202e}');
      expect(loads(seen)).toHaveLength(1);
    }));

  it('load by the keyboard, but not when the focus only moves past', () =>
    on('', async (seen) => {
      const { page } = seen;
      const seq = seqOf('payload');
      await row(page, seq).waitFor();
      const steps = whole.events.findIndex((event: any) => event.seq === seq);
      for (let n = 0; n <= steps; n += 1) await page.keyboard.press('j');
      await page.waitForSelector(`#e-${seq}.current`);
      await page.waitForSelector('.step-panel .large');
      expect(loads(seen)).toEqual([]);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.step-panel >> text=/show 200,000 more/');
    }));

  it('show why they could not be loaded, and can be requested again', () =>
    on(
      '',
      async ({ page }) => {
        const seq = seqOf('payload');
        await open(page, seq);
        await panel(page).getByRole('button', { name: 'Load data.text, 4.98 MB' }).click();
        await page.waitForSelector(`.step-panel [role=alert] >> text=${RUN} is away`);
        await page.unroute('**/events/*');
        await page.click('text=Try again');
        await page.waitForSelector('.step-panel >> text=/show 200,000 more/');
      },
      (page) =>
        page.route('**/events/*', (request) =>
          request.fulfill({ status: 503, json: { code: 'CATALOG_UNAVAILABLE', message: `${RUN} is away` } }),
        ),
    ));

  it('are in the context of an error, and are found once they are loaded', () =>
    on('?find=item+item', async (seen) => {
      const { page } = seen;
      await page.waitForSelector('.error-detail .large');
      await page.click('text=Look into 3 large events too');
      await page.waitForSelector('.find-count >> text=1 of 1');
      expect(await page.locator('.large').count()).toBe(0);
      expect(loads(seen)).toEqual([]);
    }));

  it('are all in the JSON', () =>
    on('?tab=json', async ({ page }) => {
      await page.waitForSelector('#panel .tree');
      await page.locator('.fold', { hasText: 'events' }).first().click();
      expect(await page.locator('#panel .large').count()).toBe(0);
      await page
        .locator('.fold', { hasText: /seq: .*payload/ })
        .first()
        .click();
      await page.locator('#panel .fold', { hasText: 'data' }).first().click();
      await page.waitForSelector('text=/show 200,000 more of 4,980,000 characters/');
    }));

  it('are all in the webhook that is copied as curl', async () => {
    await app.post('/webhook', { contactId: 'curl', body: 'hola', data: { text: 'curl '.repeat(8_000) } });
    const { trace_id } = await app.ended('curl');
    const { page, context, problems } = await visit(browser, `${app.url}/debug#/t/${trace_id}`);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.url });
    await page.click('text=Copy as curl');
    await page.waitForSelector('.toast-shown >> text=Copied');
    const copied: string = await page.evaluate(() => (globalThis as any).navigator.clipboard.readText());
    expect(copied).toContain('curl '.repeat(8_000));
    expect(problems).toEqual([]);
    await context.close();
  });

  it('do not treat similar data as a stub', async () => {
    const forged = { omitted: true, type: 'string', bytes: 9, preview: 'mine', event: '//evil.example' };
    await play({ contactId: 'forger', message: 'x' }, () => traceEvent('payload', { forged, text: LARGE }));
    const { trace_id, events } = await app.ended('forger');
    const { page, context, problems } = await visit(browser, `${app.url}/debug#/t/${trace_id}`);
    const { seq } = events.find((event: any) => event.type === 'payload');
    await open(page, seq);
    expect(await panel(page).locator('.large').count()).toBe(1);
    expect(await panel(page).innerText()).toContain('//evil.example');
    expect(problems).toEqual([]);
    await context.close();
  });

  const withSource = (page: Page) =>
    page.route('**/trace/*?max_value_bytes=*', async (request) => {
      const response = await request.fetch();
      const trace: any = await response.json();
      const frame = /^\s+at .*$/m.exec(trace.errors[0].stack)![0].trim();
      const code = `throw new Error(\`${RUN}\`)`;
      const source_lines = [{ frame, file: 'src/cart.ts', line: 12, column: 9, code }];
      await request.fulfill({ response, json: { ...trace, source_lines } });
    });

  it('shows source lines under the frames of an error', () =>
    on(
      '',
      async ({ page }) => {
        await page.waitForSelector('.stack-source');
        const frame = page.locator('.stack-line', { has: page.locator('.stack-source') });
        expect(await frame.innerText()).toMatch(/^\s+at .*\n+src\/cart\.ts:12 throw new Error\(`<img src=x/);
        await screenshot(page, 'source-lines');
      },
      withSource,
    ));

  it.each([
    ['light', 1280],
    ['dark', 320],
  ] as const)('are accessible, in the %s theme at %d pixels', (theme, width) =>
    on(
      '',
      async ({ page }) => {
        await page.evaluate(AxeBuilder.source);
        for (const [type, part] of [
          ['payload', '.large'],
          ['error', '.stack-source'],
        ] as const) {
          await open(page, seqOf(type));
          await page.waitForSelector(`.step-panel ${part}`);
          await screenshot(page, `large-value-${type}-${theme}-${width}`);
          const { violations } = await page.evaluate(() => (globalThis as any).axe.run());
          expect(violations.map(({ id, nodes }: any) => `${id}: ${nodes[0].html}`)).toEqual([]);
        }
        const wide = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = (globalThis as any).document.documentElement;
          return scrollWidth - clientWidth;
        });
        expect(wide).toBe(0);
      },
      withSource,
      { theme, width, height: 1400 },
    ),
  );
});
