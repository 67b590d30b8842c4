import type { Browser, BrowserContext, Page } from 'playwright-core';
import { runInTrace, traceError, traceReply, traced } from 'nestjs-trace-collector';
import { describeInBrowser, executed, launch, visit } from '../support/browser.js';
import { startApp, type RunningApp } from '../support/nest-app.js';
import { StoryController, play } from '../support/story-app.js';

const SIZES = [
  [1440, 900],
  [390, 844],
] as const;

describeInBrowser('the views of a trace', () => {
  let browser: Browser;
  /** Shared by the tests of a wide window: a new one takes longer than most tests. */
  let wide: BrowserContext;
  let app: RunningApp;
  let loop: any;
  let good: any;
  let failed: any;

  beforeAll(async () => {
    browser = await launch();
    wide = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    app = await startApp({ controllers: [StoryController] });
    const step = (name: string, work = async () => {}) => traced(work, { kind: 'tool', name });
    const slots = step('list_slots');
    await play({ contactId: 'loop', message: '¿Hay hora? 👩‍⚕️ مرحبا' }, () =>
      traced(
        async () => {
          await step('load_profile')();
          for (let n = 0; n < 12; n += 1) await slots();
          await step('book', async () => traceError('book', new Error('No slot was left')))();
        },
        { kind: 'agent', name: 'sofia' },
      )(),
    );
    loop = await app.ended('loop');
    for (const work of [
      () => traceReply('Hola'),
      () => traceReply('Hola'),
      () => traceError('crm.update', new Error('The CRM did not answer')),
    ]) {
      await play({ contactId: 'ana', message: 'Hola' }, async () => {
        await step('load_profile')();
        await step('read_calendar')();
        work();
      });
      await app.ended('ana');
    }
    const { traces } = await app.debug('/traces?contact_id=ana');
    [failed, good] = traces;
    for (let n = 0; n < 25; n += 1) {
      await play({ contactId: 'talks', message: `message number ${n}.` }, () => traceReply(`answer ${n}.`));
    }
    await app.ended('talks');
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  const on = async (hash: string, check: (page: Page) => Promise<void>, size?: object): Promise<void> => {
    const seen = await visit(browser, `${app.url}/debug#/${hash}`, size ?? { beside: wide });
    try {
      await check(seen.page);
      expect([seen.problems, await executed(seen.page)]).toEqual([[], []]);
    } finally {
      await (size ? seen.context : seen.page).close();
    }
  };
  const selected = (page: Page) => page.locator('.step-row[aria-selected=true]');
  const row = (page: Page, text: string) => page.locator('.step-row', { hasText: text });

  it.each(SIZES)('has a header of at most a third of a screen of %d × %d pixels', (width, height) =>
    on(
      `t/${loop.trace_id}`,
      async (page) => {
        const box = await page.locator('.trace-header').boundingBox();
        expect(box!.height).toBeLessThan(height / 3);
        expect(await page.locator('.step-row').first().isVisible()).toBe(true);
        await page.click('.trace-head-line button');
        expect(await page.locator('.trace-id code').innerText()).toBe(loop.trace_id);
      },
      { width, height },
    ),
  );

  it('names the caller, with its baggage as text', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const carrier = { traceparent, trace_id: 'elsewhere', contact_id: 'called', baggage: 'plan=<img/src=x>' };
    await runInTrace(carrier, () => traceReply('Hola'));
    const { trace_id } = await app.ended('called');
    await on(`t/${trace_id}`, async (page) => {
      const facts = page.locator('.facts', { hasText: 'Caller' });
      expect(await facts.innerText()).toContain('span 00f067aa0ba902b7 · plan=<img/src=x>');
    });
  });

  it('leads from a hint to its step', () =>
    on(`t/${failed.trace_id}?tab=route`, async (page) => {
      await page.locator('.hints a', { hasText: 'crm.update' }).first().click();
      await page.waitForSelector('.step-panel .error-text >> text=The CRM did not answer');
      await on(`t/${good.trace_id}`, async (other) => {
        await other.waitForSelector('.step-row');
        expect(await other.locator('.trace-header').innerText()).not.toContain('Workflow completed');
      });
    }));

  it('folds equal steps into one row, and moves in the tree by its keys', () =>
    on(`t/${loop.trace_id}`, async (page) => {
      const group = row(page, '×12');
      expect(await group.innerText()).toMatch(/list_slots\s*×12/);
      expect(await row(page, 'list_slots').count()).toBe(1);
      expect(await selected(page).innerText()).toContain('No slot was left');
      await group.click();
      expect(await row(page, 'list_slots').count()).toBe(13);
      expect(await page.locator('.step-panel').innerText()).toMatch(/12 steps, .+ together, slowest/);
      await group.focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction(() => (globalThis as any).document.activeElement.ariaLevel === '3');
      await page.keyboard.press('ArrowLeft');
      await page.waitForFunction(() => (globalThis as any).document.activeElement.textContent.includes('×12'));
      await page.keyboard.press('ArrowLeft');
      await page.waitForSelector('.step-row[aria-expanded=false] >> text=×12');
      expect(await row(page, 'list_slots').count()).toBe(1);
      await page.keyboard.press('ArrowLeft');
      await page.waitForFunction(() => (globalThis as any).document.activeElement.textContent.includes('sofia'));
      await page.keyboard.press('ArrowLeft');
      await page.waitForSelector('.step-row[aria-expanded=false] >> text=sofia');
      expect(await row(page, 'load_profile').count()).toBe(0);
      await page.keyboard.press('Home');
      await page.keyboard.press('End');
      const names = await page.$$eval('.step-row', (all: any[]) => all.map(({ id }) => id));
      await page.waitForSelector(`#${names.at(-1)}.current`);
      expect(new URL(page.url()).hash).toContain(`e=${names.at(-1)!.slice(2)}`);
    }));

  it('opens what contains a linked step, and keeps the time axis on the screen', () =>
    on(
      `t/${loop.trace_id}?e=${loop.events.findLast(({ name }: any) => name === 'list_slots').seq}`,
      async (page) => {
        await page.waitForSelector('.step-row.current >> text=list_slots');
        expect(await row(page, 'list_slots').count()).toBe(13);
        await page.mouse.move(300, 300);
        await page.mouse.wheel(0, 400);
        await page.waitForFunction(() => (globalThis as any).scrollY > 100);
        const tops = await page.evaluate(() => {
          const at = (name: string) => (globalThis as any).document.querySelector(name).getBoundingClientRect();
          return [at('.step-axis').top, at('.top').bottom];
        });
        expect(Math.abs(tops[0]! - tops[1]!)).toBeLessThan(3);
      },
      { height: 420 },
    ));

  it('zooms the time axis to a step, and back', () =>
    on(`t/${loop.trace_id}`, async (page) => {
      const ticks = () => page.locator('.step-ticks').innerText();
      await row(page, 'sofia').first().click();
      const all = await ticks();
      await page.click('text=Zoom the time axis to it');
      await page.click('text=Show all of the time');
      expect(await ticks()).toBe(all);
    }));

  it('shows the chosen step at the bottom of a narrow screen, until it is closed', () =>
    on(
      `t/${loop.trace_id}`,
      async (page) => {
        await page.waitForSelector('.step-row');
        expect(await page.locator('.step-panel').isVisible()).toBe(false);
        await row(page, 'load_profile').click();
        const box = await page.locator('.step-panel').boundingBox();
        expect(box!.y + box!.height).toBeLessThanOrEqual(844);
        await page.click('.step-panel [aria-label=Close]');
        expect(await page.locator('.step-panel').isVisible()).toBe(false);
        const over = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = (globalThis as any).document.documentElement;
          return scrollWidth - clientWidth;
        });
        expect(over).toBe(0);
      },
      { width: 390, height: 844 },
    ));

  it('opens a contact at the newest message, and keeps the place when older ones are loaded', () =>
    on('c/talks', async (page) => {
      const visible = (text: string) =>
        page.locator('.bubble', { hasText: text }).evaluate((bubble: any) => {
          const { top, bottom } = bubble.getBoundingClientRect();
          return bottom > 0 && top < (globalThis as any).innerHeight;
        });
      await page.waitForSelector('.bubble >> text=answer 24.');
      expect(await visible('answer 24.')).toBe(true);
      expect(await page.locator('.bubble >> text=message number 0.').count()).toBe(0);
      await page.evaluate(() => (globalThis as any).scrollTo(0, 0));
      await page.click('text=Earlier messages');
      await page.waitForSelector('.bubble >> text=message number 0.', { state: 'attached' });
      expect(await visible('message number 5.')).toBe(true);
      await play({ contactId: 'talks', message: 'one more' }, () => undefined);
      await page.waitForSelector('.bubble >> text=one more', { state: 'attached' });
      expect(await visible('message number 5.')).toBe(true);
    }));

  it('compares by steps first, folds equal steps, and has a picker', () =>
    on(`d/${failed.trace_id}..last-ok`, async (page) => {
      await page.waitForSelector('.diff');
      const order = await page.$$eval('.compare, .chart', (all: any[]) => all.map(({ className }) => className));
      expect(order).toEqual(['compare', 'chart']);
      expect(await page.locator('.diff', { hasText: 'crm.update' }).count()).toBe(1);
      expect(await page.locator('.diff', { hasText: 'read_calendar' }).count()).toBe(0);
      await page.locator('.diff-equal button').first().click();
      await page.waitForSelector('.diff >> text=read_calendar');
      const options = page.locator('.compare-with option');
      expect(await options.count()).toBeGreaterThan(1);
      const other = await options.nth(1).getAttribute('value');
      await page.selectOption('.compare-with select', other!);
      await page.waitForFunction((id) => (globalThis as any).location.hash.endsWith(id), other);
      await page.fill('.compare-with input', loop.trace_id);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.diff >> text=list_slots');
    }));
});
