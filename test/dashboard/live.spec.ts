import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, executed, launch, screenshot, visit, type Visit } from '../support/browser.js';
import { startApp, type RunningApp } from '../support/nest-app.js';
import { StoryController, type Happening } from '../support/story-app.js';

const ROWS = '.rows .row';

/** Waits until there are exactly `count` rows. */
async function rowCount(page: Page, count: number): Promise<void> {
  await page
    .locator(ROWS)
    .nth(count - 1)
    .waitFor({ state: 'attached' });
  expect(await page.locator(ROWS).count()).toBe(count);
}

describeInBrowser('the live page', () => {
  let browser: Browser;
  let app: RunningApp;
  let open: Visit[] = [];

  const look = async (hash = '#/', options = {}): Promise<Visit> => {
    const seen = await visit(browser, `${app.url}/debug${hash}`, options);
    open.push(seen);
    return seen;
  };
  const live = async (hash = '#/'): Promise<Visit> => {
    const seen = await look(hash);
    await seen.page.waitForSelector('.stream-open');
    await seen.page.waitForSelector(`${ROWS}, .empty`);
    return seen;
  };
  const send = (what: Happening): Promise<Response> => app.post('/webhook', what);
  const record = async (what: Happening): Promise<void> => {
    await send(what);
    await app.ended(what.contactId);
  };

  beforeAll(async () => {
    browser = await launch();
  }, 60_000);
  beforeEach(async () => {
    app = await startApp({ controllers: [StoryController] });
  });
  afterEach(async () => {
    for (const { page, problems } of open) {
      expect(problems).toEqual([]);
      expect(await executed(page)).toEqual([]);
    }
    await Promise.all(open.map(({ context }) => context.close()));
    open = [];
    await app.close();
  });
  afterAll(() => browser.close());

  it('waits for the first webhook, shows how to send one, and shows it on arrival', async () => {
    const { page } = await live();
    expect(await page.textContent('.empty')).toContain(`curl -X POST '${app.url}/webhook'`);
    await screenshot(page, 'live-empty');
    await send({ contactId: 'ana', body: 'Quiero agendar una cita', reply: 'Tengo estos horarios' });
    await page.waitForSelector(`${ROWS} .badge-completed`);
    const row = await page.textContent(ROWS);
    for (const part of ['ana', 'Quiero agendar una cita', 'supervisor', 'sofia', 'completed'])
      expect(row).toContain(part);
    expect(row).toMatch(/\d\d:\d\d:\d\d (UTC|GMT|[A-Z]{2,5})/);
    expect(await page.$('.empty')).toBeNull();
  });

  it('sends no more than four requests before the first list, and none to another host', async () => {
    await record({ contactId: 'ana', body: 'hola' });
    const { page, requests } = await look();
    await page.waitForSelector(ROWS);
    // The browser itself requests the icon, at any time.
    const asked = requests.filter((url) => !url.endsWith('.svg'));
    const before = asked.slice(0, asked.findIndex((url) => url.includes('/debug/traces')) + 1);
    expect(before.length).toBeLessThanOrEqual(4);
    await page.waitForSelector('.stream-open');
    expect(requests.filter((url) => !url.startsWith(`${app.url}/debug`))).toEqual([]);
  });

  // `npm run bench -- page` measures the time: here the machine is shared with other tests.
  it('shows each event on arrival', async () => {
    const { page } = await live();
    for (let n = 0; n < 20; n += 1) {
      await send({ contactId: `c${n}`, body: `message ${n}.` });
      await page.waitForSelector(`text=message ${n}.`);
    }
  });

  it('moves no row under the pointer, and counts waiting rows', async () => {
    await record({ contactId: 'ana', body: 'first' });
    const { page } = await live();
    await page.hover(ROWS);
    await record({ contactId: 'ben', body: 'second' });
    await record({ contactId: 'cleo', body: 'third' });
    await page.waitForSelector('text=2 new');
    expect(await page.$$eval(ROWS, (rows) => rows.length)).toBe(1);
    await page.click('.pill');
    await rowCount(page, 3);
    expect(await page.textContent(ROWS)).toContain('third');
  });

  it('stays unchanged while paused', async () => {
    const { page } = await live();
    await page.click('text=Pause');
    await record({ contactId: 'ana', body: 'hola' });
    await page.waitForSelector('text=1 new');
    expect(await page.$(ROWS)).toBeNull();
    await page.click('text=Resume');
    await page.waitForSelector(ROWS);
  });

  it('continues after the server was restarted, and misses nothing', async () => {
    const { page } = await live();
    await record({ contactId: 'ana', body: 'before the restart' });
    await page.waitForSelector('text=before the restart');
    const port = Number(new URL(app.url).port);
    const { dir } = app;
    await app.app.close();
    await page.waitForSelector('.stream-retrying');
    app = await startApp({ controllers: [StoryController], dir, port });
    await record({ contactId: 'ben', body: 'right after it' });
    await page.waitForSelector('.stream-open');
    await page.waitForSelector('text=right after it');
    expect(await page.$$eval(ROWS, (rows) => rows.length)).toBe(2);
  });

  it('loads in seven tabs at once, and one stream is enough for all', async () => {
    const first = await live();
    const tabs = await Promise.all(Array.from({ length: 6 }, () => look('#/', { beside: first.context })));
    await Promise.all(tabs.map(({ page }) => page.waitForSelector('.stream-open')));
    await send({ contactId: 'ana', body: 'to all of you' });
    await Promise.all([first, ...tabs].map(({ page }) => page.waitForSelector('text=to all of you')));
    const streams = [first, ...tabs].flatMap(({ requests }) => requests.filter((url) => url.includes('/stream')));
    expect(streams).toHaveLength(1);

    // The tab with the stream closes; another takes over and misses nothing.
    await first.page.close();
    open = open.filter((seen) => seen !== first);
    await send({ contactId: 'ben', body: 'to those who stayed' });
    await Promise.all(tabs.map(({ page }) => page.waitForSelector('text=to those who stayed')));
  });

  it('has the search in the URL, and the URL in the search', async () => {
    await record({ contactId: 'ana', body: 'a good one', reply: 'yes' });
    await record({ contactId: 'ben', body: 'a bad one', fails: 'no slots' });
    const { page } = await live(`#/?q=${encodeURIComponent('status:error')}`);
    await page.waitForSelector('text=a bad one');
    expect(await page.$('text=a good one')).toBeNull();
    expect(await page.inputValue('[role=combobox]')).toBe('status:error');
    // The sums are requested after the list.
    await page.waitForSelector('.overview-words >> text=search not applied');
    expect(await page.locator('.overview-words').innerText()).toContain('All traces: 2, 1 failed (search not applied)');
    await page.fill('[role=combobox]', '-contact:ben "good"');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=a good one');
    expect(await page.$('text=a bad one')).toBeNull();
    expect(decodeURIComponent(new URL(page.url()).hash.replaceAll('+', ' '))).toBe('#/?q=-contact:ben "good"');

    await page.fill('[role=combobox]', 'status:nonsense');
    await page.keyboard.press('Enter');
    expect(await page.textContent('[role=alert]')).toContain('not one of active, completed');
  });

  it('shows with a search only matching traces, also later ones', async () => {
    const { page } = await live('#/?q=status%3Aerror');
    await record({ contactId: 'ana', body: 'a good one', reply: 'yes' });
    await record({ contactId: 'ben', body: 'a bad one', fails: 'no slots' });
    await page.waitForSelector('text=a bad one');
    expect(await page.$('text=a good one')).toBeNull();
  });

  it('searches the window that is drawn over the chart', async () => {
    await record({ contactId: 'ana', body: 'hola' });
    const { page } = await live();
    const picture = await page.waitForSelector('.spark .bar');
    expect(picture).toBeTruthy();
    const box = (await (await page.$('.spark'))!.boundingBox())!;
    // Ranges that show no more than shorter ones are removed after an answer; the chart keeps its place.
    await page.waitForFunction(() => (globalThis as any).document.querySelectorAll('.segments a').length < 4);
    expect(await (await page.$('.spark'))!.boundingBox()).toEqual(box);
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 2, box.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(() => (globalThis as any).document.querySelector('[role=combobox]').value !== '');
    expect(await page.inputValue('[role=combobox]')).toMatch(/^since:\d{4}-\S+Z until:\d{4}-\S+Z$/);
    await page.waitForSelector(ROWS);
  });

  it('pages back by cursor', async () => {
    for (let n = 0; n < 120; n += 1) await send({ contactId: `c${n}`, body: `m${n}` });
    await app.ended('c119');
    const { page, requests } = await live();
    await page.waitForSelector(ROWS);
    expect(await page.$$eval(ROWS, (rows) => rows.length)).toBe(50);
    await page.mouse.wheel(0, 20_000);
    await rowCount(page, 100);
    await page.mouse.wheel(0, 20_000);
    await rowCount(page, 120);
    expect(requests.filter((url) => url.includes('before='))).toHaveLength(2);
  });
});
