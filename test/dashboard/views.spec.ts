import AxeBuilder from 'axe-core';
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
import { startApp, type RunningApp } from '../support/nest-app.js';
import { StoryController, type Happening } from '../support/story-app.js';

const ROWS = '.rows .row';
const SEARCH = '[role=combobox]';
const HOSTILE = '<img src=x onerror="executed.push(1)"> \u202Egnirts';

const STORIES: Happening[] = [
  { contactId: 'ana', body: 'Quiero agendar una cita', reply: '¡Perfecto! Tengo estos horarios', score: 8 },
  { contactId: 'ben', body: 'Agenda el domingo', fails: 'The calendar did not answer' },
  { contactId: 'cleo', body: 'Agenda el lunes', fails: 'The calendar did not answer' },
  { contactId: 'dora', body: 'مرحبا 👩‍👩‍👧 hola', reply: 'أهلا', agent: 'maria' },
  { contactId: 'eli', body: 'Otra cosa', fails: HOSTILE, agent: 'maria' },
  { contactId: 'fay', body: 'Gracias', reply: 'De nada', agent: 'carlos' },
  { contactId: 'gus', body: 'Precio', reply: 'Desde $99', agent: 'carlos' },
  { contactId: 'hal', body: 'Horario', reply: 'De 9 a 18', agent: 'carlos' },
  { contactId: 'ivy', body: '¿Sigues ahí?', agent: 'maria' },
];

/** Applications are shared: a test leaves the groups of errors open. */
describeInBrowser('views of the list, of errors and of numbers', () => {
  let browser: Browser;
  let app: RunningApp;

  beforeAll(async () => {
    browser = await launch();
    app = await startApp({ controllers: [StoryController], options: { lifecycle: { expectReply: true } } });
    for (const story of STORIES) await app.post('/webhook', story);
    for (const { contactId } of STORIES) await app.ended(contactId);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  const on = async (hash: string, check: (seen: Visit) => Promise<void>, options: VisitOptions = {}): Promise<void> => {
    const seen = await visit(browser, `${app.url}/debug${hash}`, options);
    try {
      await check(seen);
      expect(seen.problems).toEqual([]);
      expect(await executed(seen.page)).toEqual([]);
    } finally {
      await seen.context.close();
    }
  };
  const rows = (page: Page, count: number): Promise<unknown> =>
    page.waitForFunction(
      ([selector, wanted]) => (globalThis as any).document.querySelectorAll(selector).length === wanted,
      [ROWS, count] as const,
    );
  const hash = (page: Page): string => decodeURIComponent(new URL(page.url()).hash.replaceAll('+', ' '));
  const chip = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

  describe('a row', () => {
    it('says what failed and where, or how the reply begins', () =>
      on('#/', async ({ page }) => {
        await rows(page, STORIES.length);
        const row = (text: string) => page.locator(ROWS, { hasText: text }).innerText();
        expect(await row('Agenda el domingo')).toContain('check_calendar: The calendar did not answer');
        expect(await row('Agenda el domingo')).not.toMatch(/\d errors?/);
        expect(await row('Quiero agendar')).toContain('¡Perfecto! Tengo estos horarios');
        expect(await row('Otra cosa')).toContain('<img src=x onerror="executed.push(1)"> \\u{202e}gnirts');
        await screenshot(page, 'views-list');
      }));

    it('is one of eight on a screen, below a header of at most a third', () =>
      on('#/', async ({ page }) => {
        await rows(page, STORIES.length);
        await page.waitForSelector('.overview .bar');
        for (const [width, height] of [
          [390, 844],
          [1024, 768],
          [1440, 900],
        ] as const) {
          await page.setViewportSize({ width, height });
          const [top, ends] = await page.evaluate((selector) => {
            const all = [...(globalThis as any).document.querySelectorAll(selector)];
            const boxes = all.map((row) => row.getBoundingClientRect());
            return [boxes[0].top as number, boxes.map(({ bottom }) => bottom as number)] as const;
          }, ROWS);
          expect([width, top < height / 3]).toEqual([width, true]);
          expect([width, ends.filter((bottom) => bottom <= height).length >= 8]).toEqual([width, true]);
        }
      }));
  });

  describe('the search', () => {
    it('has filter chips that edit its text; the key e and the way back agree with them', () =>
      on('#/', async ({ page }) => {
        await rows(page, STORIES.length);
        await chip(page, 'failed').click();
        await rows(page, 4);
        expect(await page.inputValue(SEARCH)).toBe('status:failed');
        expect(hash(page)).toBe('#/?q=status:failed');
        expect(await chip(page, 'failed').getAttribute('aria-pressed')).toBe('true');
        await chip(page, 'silent').click();
        await rows(page, 1);
        expect(await page.inputValue(SEARCH)).toBe('status:silent');
        await page.goBack();
        await rows(page, 4);
        expect(await page.inputValue(SEARCH)).toBe('status:failed');
        await page.keyboard.press('e');
        await rows(page, STORIES.length);
        await chip(page, 'slow').click();
        await page.waitForSelector('.empty >> text=duration:>5s');
      }));

    it('offers names that the server has, by keyboard', () =>
      on('#/', async ({ page }) => {
        await rows(page, STORIES.length);
        const box = page.locator(SEARCH);
        await box.pressSequentially('agent:ma');
        const option = page.getByRole('option', { name: 'agent:maria' });
        await option.waitFor();
        expect(await box.getAttribute('aria-expanded')).toBe('true');
        await page.keyboard.press('ArrowDown');
        expect(await option.getAttribute('aria-selected')).toBe('true');
        expect(await box.getAttribute('aria-activedescendant')).toBe(await option.getAttribute('id'));
        await page.keyboard.press('Enter');
        await rows(page, 3);
        expect(await box.inputValue()).toBe('agent:maria');
        expect(await box.getAttribute('aria-expanded')).toBe('false');
      }));

    it('names a key that it does not have and corrects it, and shows why a value is refused', () =>
      on('#/?q=agnt%3Amaria', async ({ page }) => {
        await page.waitForSelector('.search-problem');
        expect((await page.locator('.search-problem').innerText()).replace(/\s+/g, ' ')).toMatch(
          /^agnt: is no search key. Did you mean agent: ?\? It is searched as text.$/,
        );
        await page.click('.search-problem button');
        await rows(page, 3);
        expect(await page.inputValue(SEARCH)).toBe('agent:maria');
        expect(await page.locator('.search-problem').count()).toBe(0);

        await page.fill(SEARCH, 'duration:abc');
        await page.keyboard.press('Enter');
        await page.waitForSelector('.search-problem[role=alert]');
        expect(await page.locator('.search-problem').innerText()).toContain('duration:abc is no duration');
        expect(await page.locator(SEARCH).getAttribute('aria-invalid')).toBe('true');
        expect(await page.locator(ROWS).count()).toBe(3);
      }));

    it('keeps the old rows while the new ones load', () =>
      on('#/', async ({ page }) => {
        await rows(page, STORIES.length);
        let answer = (): void => undefined;
        const held = new Promise<void>((resolve) => (answer = resolve));
        await page.route(/traces\?.*status/, async (route) => {
          await held;
          await route.continue();
        });
        await chip(page, 'silent').click();
        await page.waitForSelector('.stale[aria-busy=true]');
        expect(await page.locator(ROWS).count()).toBe(STORIES.length);
        answer();
        await rows(page, 1);
        await page.waitForSelector('[aria-busy=false] > .rows');
        expect(await page.locator('.stale').count()).toBe(0);
      }));

    it('sorts by duration, and keeps the order in the URL', () =>
      on('#/', async ({ page }) => {
        await rows(page, STORIES.length);
        await page.selectOption('[aria-label=Order]', 'duration');
        await page.waitForSelector('[aria-label="Traces, longest first"]');
        await page.waitForSelector('[aria-busy=false] > .rows');
        expect(hash(page)).toBe('#/?sort=duration');
        const { traces } = await app.debug('/traces?sort=duration');
        const shown = await page.$$eval(ROWS, (all) => all.map(({ id }) => id));
        expect(shown).toEqual(traces.map(({ trace_id }: any) => `t-${trace_id}`));
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await page.waitForSelector('.trace-header');
        await page.keyboard.press('Escape');
        await page.waitForSelector(`.row.selected`);
        expect(hash(page)).toBe(`#/?sort=duration&at=${traces[0].trace_id}`);
      }));

    it('shows the time that has traces, and offers the ranges that differ', () =>
      on('#/?span=7d', async ({ page }) => {
        await page.waitForFunction(() => {
          const { document } = globalThis as any;
          const names = [...document.querySelectorAll('[aria-label="Time shown"] a')].map((each) => each.textContent);
          return names.join() === '15m,7d';
        });
        // A bar is one minute: seven days would be bars of three hours.
        const bars = await page.$eval('.overview .spark', (svg: any) => svg.viewBox.baseVal.width / 10);
        expect(bars).toBeLessThanOrEqual(31);
      }));
  });

  it('saves views by name, renames and deletes them; the URL is the view', () =>
    on('#/', async ({ page, context }) => {
      await rows(page, STORIES.length);
      await chip(page, 'failed').click();
      await page.selectOption('[aria-label=Order]', 'duration');
      await page.click('text=Views');
      await page.fill('[aria-label="Name of this view"]', 'Fehler עברית 🙂');
      await page.keyboard.press('Enter');
      await page.waitForSelector('text=Saved in this browser');
      const saved = hash(page);

      // Another tab of the browser, another page.
      const other = await context.newPage();
      await other.goto(`${app.url}/debug#/stats`);
      await other.click('text=Views');
      await other.click('.menu-panel a >> text=Fehler');
      await rows(other, 4);
      expect(hash(other)).toBe(saved);
      expect(saved).toBe('#/?q=status:failed&sort=duration');

      await other.click('text=Views');
      await other.click('[aria-label="Rename Fehler עברית 🙂"]');
      await other.fill('[aria-label^="New name"]', 'failed');
      await other.keyboard.press('Enter');
      await other.waitForSelector('.menu-panel a >> text=/^failed$/');
      await other.click('[aria-label="Delete failed"]');
      await other.waitForSelector('.menu-panel li', { state: 'detached' });
      await other.click('.toast >> text=Undo');
      await other.waitForSelector('.menu-panel li', { state: 'attached' });
      await other.keyboard.press('Escape');
    }));

  describe('errors', () => {
    const group = (page: Page) => page.locator('.group', { hasText: 'The calendar did not answer' });

    it('list all traces of a group, here and as a list', () =>
      on('#/errors', async ({ page }) => {
        await group(page).getByRole('button', { name: '2 traces' }).click();
        await rows(page, 2);
        const text = await group(page).innerText();
        for (const part of ['Agenda el domingo', 'Agenda el lunes', 'check_calendar']) expect(text).toContain(part);
        expect(hash(page)).toContain('traces=');
        await screenshot(page, 'views-errors');
        await page.click('text=Open them as a list');
        await page.waitForSelector('.overview');
        await rows(page, 2);
        await page.click('.chips >> text=one error group');
        await rows(page, STORIES.length);
      }));

    it('are found by text', () =>
      on('#/errors', async ({ page }) => {
        await group(page).waitFor();
        await page.keyboard.press('/');
        await page.keyboard.type('CALENDAR did');
        await page.locator('.group', { hasText: 'gnirts' }).waitFor({ state: 'detached' });
        expect(await page.locator('.group').count()).toBe(1);
        expect(hash(page)).toBe('#/errors?q=CALENDAR did');
        await page.fill('[type=search]', 'nothing like it');
        await page.waitForSelector('.empty >> text=nothing like it');
      }));

    it('are resolved and ignored, filtered by state, and undone, by mouse and keyboard', () =>
      on('#/errors', async ({ page }) => {
        await group(page).getByRole('button', { name: 'Resolve' }).click();
        await page.waitForSelector('.toast >> text=Resolved until its next error');
        await group(page).waitFor({ state: 'detached' });
        await page.click('[aria-label=State] >> text=resolved');
        await group(page).waitFor();
        expect(await group(page).innerText()).toContain('resolved just now');
        await page.keyboard.press('u');
        await page.waitForSelector('.empty >> text=No resolved errors');
        await page.click('[aria-label=State] >> text=open');
        await group(page).waitFor();
        await page.keyboard.press('j');
        const chosen = page.locator('.group.selected');
        const words = await chosen.locator('h2').innerText();
        await page.keyboard.press('i');
        await page.waitForSelector('.toast >> text=Ignored');
        await page.locator('.group', { hasText: words }).waitFor({ state: 'detached' });
        await page.click('[aria-label=State] >> text=all');
        await page.locator('.group', { hasText: words }).waitFor();
        await page.keyboard.press('u');
        await page.waitForFunction(
          () => !(globalThis as any).document.querySelector('.groups').innerText.includes('ignored'),
        );
        const { groups } = await app.debug('/errors');
        expect(groups.map(({ state }: any) => state)).toEqual(groups.map(() => 'open'));
      }));
  });

  it('a message with a button stays while the pointer or the focus is on the button', () =>
    on('#/errors?state=all', async ({ page }) => {
      await page.clock.install();
      const named = (name: string) =>
        page.locator('.group', { hasText: STORIES[1]!.fails }).getByRole('button', { name });
      await named('Ignore').click();
      const undo = page.locator('.toast-shown button');
      await undo.hover();
      await page.clock.fastForward(60_000);
      expect(await undo.isVisible()).toBe(true);
      await undo.focus();
      await page.mouse.move(0, 0);
      await page.clock.fastForward(60_000);
      expect(await undo.isVisible()).toBe(true);
      await page.keyboard.press('Enter');
      await named('Ignore').waitFor();
      await named('Ignore').click();
      await undo.hover();
      await page.mouse.move(0, 0);
      await page.clock.fastForward(60_000);
      await undo.waitFor({ state: 'detached' });
      await named('Reopen').click();
      await named('Ignore').waitFor();
    }));

  it('stats show numbers over time, and what is not known as unknown', () =>
    on('#/stats', async ({ page }) => {
      await page.waitForSelector('.trend');
      const card = (name: string) => page.locator('.trend', { hasText: name }).innerText();
      expect(await card('error rate')).toContain('44 %');
      expect(await card('replies')).toMatch(/replies\s+5/);
      expect(await card('tokens')).toContain('unknown');
      expect(await card('cost of models')).toContain('unknown');
      await page.locator('[aria-label="Numbers over time"] summary').click();
      const table = await page.locator('[aria-label="Numbers over time"] table').innerText();
      expect(table).toMatch(/44 %.*\s5\s.*unknown\s+unknown/);
      await screenshot(page, 'views-stats');
    }));

  it('have no fault of accessibility with open menus, suggestions and messages', async () => {
    const found: string[] = [];
    const check = async (page: Page, name: string): Promise<void> => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        // The themes differ in their colours only.
        const rules = colorScheme === 'light' ? {} : { runOnly: ['color-contrast'] };
        const { violations } = await page.evaluate((given) => (globalThis as any).axe.run(given), rules);
        for (const { id, nodes } of violations) found.push(`${name}, ${colorScheme}: ${id}: ${nodes[0].html}`);
      }
    };
    await on('#/?q=agnt%3Ax+status%3Afailed', async ({ page }) => {
      await page.waitForSelector('.search-problem');
      await page.evaluate(AxeBuilder.source);
      await page.fill(SEARCH, '');
      await page.waitForSelector('[role=option]');
      await page.keyboard.press('ArrowDown');
      await check(page, 'suggestions');
      await page.fill(SEARCH, 'duration:abc');
      await page.waitForSelector('.search-problem[role=alert]');
      await page.click('text=Views');
      await page.fill('[aria-label="Name of this view"]', 'mine');
      await page.keyboard.press('Enter');
      await page.click('text=Views');
      await page.waitForSelector('.menu-panel li');
      await check(page, 'views and a refused search');
    });
    await on(
      '#/errors?state=all',
      async ({ page }) => {
        await page.locator('.group button', { hasText: 'trace' }).first().click();
        await page.waitForSelector(ROWS);
        await page.evaluate(AxeBuilder.source);
        await page.locator('.group', { hasText: STORIES[1]!.fails }).getByRole('button', { name: 'Ignore' }).click();
        // Under the pointer it stays for as long as the check takes.
        await page.hover('.toast-shown button');
        await check(page, 'errors');
        await page.click('.toast button');
        await page.locator('.group', { hasText: STORIES[1]!.fails }).getByRole('button', { name: 'Ignore' }).waitFor();
      },
      { width: 390 },
    );
    expect(found).toEqual([]);
  });
});
