import { readFileSync } from 'node:fs';
import AxeBuilder from 'axe-core';
import type { Browser } from 'playwright-core';
import { describeInBrowser, executed, launch, screenshot, visit, type Visit } from '../support/browser.js';
import { startApp, type RunningApp } from '../support/nest-app.js';
import { StoryController, type Happening } from '../support/story-app.js';

const STORIES: Happening[] = [
  {
    contactId: 'ana',
    body: 'Quiero agendar una cita',
    reply: '¡Perfecto! Tengo estos horarios: 10:00 y 12:00',
    score: 8,
  },
  { contactId: 'ana', body: 'Agenda el domingo', fails: 'The calendar did not answer', score: 9 },
  { contactId: 'ana', body: 'Gracias', score: 2, agent: 'maria' },
  { contactId: 'ben', body: 'Hola', reply: 'Hola, ¿en qué te ayudo?', score: 3, agent: 'maria' },
];

describeInBrowser('the pages', () => {
  let browser: Browser;
  let app: RunningApp;
  let good: string;
  let failed: string;

  beforeAll(async () => {
    browser = await launch();
    app = await startApp({ controllers: [StoryController], options: { lifecycle: { expectReply: true } } });
    for (const story of STORIES) {
      await app.post('/webhook', story);
      await app.ended(story.contactId);
    }
    const { traces } = await app.debug('/traces');
    good = traces.find((trace: any) => trace.message === STORIES[0]!.body).trace_id;
    failed = traces.find((trace: any) => trace.message === STORIES[1]!.body).trace_id;
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  const on = async (hash: string, check: (seen: Visit) => Promise<void>, options = {}): Promise<void> => {
    const seen = await visit(browser, `${app.url}/debug${hash}`, options);
    try {
      await check(seen);
      expect(seen.problems).toEqual([]);
      expect(await executed(seen.page)).toEqual([]);
    } finally {
      await seen.context.close();
    }
  };

  describe('a trace', () => {
    it('shows at the top what failed, where, and that no reply was recorded', () =>
      on(`#/t/${failed}`, async ({ page }) => {
        const header = await page.locator('.trace-header').innerText();
        expect(header).toContain('check_calendar');
        expect(header).toContain('The calendar did not answer');
        expect(header.match(/no (error and no )?reply was recorded/gi)).toHaveLength(1);
      }));

    it('shows its first error beside the steps', () =>
      on(`#/t/${failed}`, async ({ page }) => {
        await page.waitForSelector('.step-panel .error-text');
        expect(await page.locator('.stack').first().innerText()).toContain('The calendar did not answer');
        expect(await page.locator('.step-row[aria-selected=true] .step-label').innerText()).toBe('Error');
      }));

    it('lists its steps as a tree', () =>
      on(`#/t/${good}`, async ({ page }) => {
        await page.waitForSelector('.step-row');
        const rows = await page.$$eval('.step-row', (all: any[]) =>
          all.map((row) => [row.querySelector('.step-label').textContent, row.getAttribute('aria-level')]),
        );
        expect(rows.filter(([label]) => label !== 'Acknowledged')).toEqual([
          ['Received', '1'],
          ['Intelligence', '1'],
          ['Route', '1'],
          ['Agent', '1'],
          ['Tool', '2'],
          ['Sent', '2'],
        ]);
      }));

    it('searches itself, and moves through the hits', () =>
      on(`#/t/${good}`, async ({ page }) => {
        await page.fill('[aria-label="Find in this trace"]', 'friday');
        await page.waitForSelector('.find-count');
        expect(await page.textContent('.find-count')).toMatch(/^1 of \d$/);
        await page.keyboard.press('Enter');
        await page.fill('[aria-label="Find in this trace"]', 'nothing like it');
        await page.waitForSelector('text=not found');
        expect(page.url()).toContain('find=nothing+like+it');
      }));

    it('has a link to each event that opens it', () =>
      on(`#/t/${good}`, async ({ page }) => {
        await page.locator('.step-row', { hasText: 'Tool' }).click();
        const id = await page.locator('.step-row', { hasText: 'Tool' }).first().getAttribute('id');
        expect(page.url()).toContain(`e=${id!.slice(2)}`);
        await page.reload();
        await page.waitForSelector(`#${id}.current`);
        await page.waitForSelector('.step-panel >> text=friday');
      }));

    it.each([
      ['log', '.step-row', 'check_calendar'],
      ['waterfall', '.step-row', 'check_calendar'],
      ['route', '.route-large', 'sofia'],
      ['json', '.tree', 'traceparent'],
    ])('has a tab %s', (tab, selector, text) =>
      on(`#/t/${good}?tab=${tab}`, async ({ page }) => {
        await page.waitForSelector(selector);
        expect(await page.locator('#panel').innerText()).toContain(text);
      }),
    );

    it('can be copied as an export, for a model, and as curl', () =>
      on(`#/t/${good}`, async ({ page, context }) => {
        await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.url });
        const copied = async (label: string): Promise<string> => {
          await page.click(`text=${label}`);
          await page.waitForSelector('.toast-shown');
          return page.evaluate(() => (globalThis as any).navigator.clipboard.readText());
        };
        expect(await copied('Copy for Claude')).toContain('# ');
        const curl = await copied('Copy as curl');
        expect(curl).toContain(`curl -X POST '${app.url}/webhook'`);
        expect(curl).toContain('Quiero agendar una cita');
        const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Download')]);
        const exported = JSON.parse(readFileSync((await download.path())!, 'utf8'));
        expect(exported).toMatchObject({ trace_id: good, status: 'completed' });
      }));

    it('stays when it is pinned, and shows later readers that it is', () =>
      on(`#/t/${good}`, async ({ page }) => {
        const pin = page.getByRole('button', { name: 'Pin', exact: true });
        await pin.click();
        await page.waitForSelector('text=Pinned: retention and clear keep it');
        expect((await app.debug(`/trace/${good}`)).pinned).toBe(true);
        await page.reload();
        await page.waitForSelector('[aria-pressed=true] >> text=/^Pin$/');
        await pin.click();
        await page.waitForSelector('text=Unpinned: retention and clear may delete it');
        expect((await app.debug(`/trace/${good}`)).pinned).toBeUndefined();
      }));

    it.each([
      ['nothing-like-an-id', 'This is not a trace id'],
      ['ana_20990101_120000_000000', 'in the future'],
      ['ana_20200101_120000_000000', 'Retention deleted it'],
      [
        `ana_${new Date().toISOString().slice(0, 10).replaceAll('-', '')}_000000_000000`,
        'never existed here, or it was erased',
      ],
    ])('that is missing shows why: %s', (id, why) =>
      on(`#/t/${id}`, async ({ page }) => {
        await page.waitForSelector(`text=${why}`);
      }),
    );
  });

  it('a contact: the conversation, its steps, and where no reply was recorded', () =>
    on('#/c/ana', async ({ page }) => {
      await page.waitForSelector('.turn');
      const chat = await page.locator('.chat').innerText();
      expect(chat.indexOf('Quiero agendar una cita')).toBeLessThan(chat.indexOf('¡Perfecto!'));
      expect(await page.locator('.no-reply-turn').count()).toBe(2);
      expect(await page.locator('.score').innerText()).toMatch(/8\s+sofia\s+9\s+sofia\s+2\s+maria/);
      await page.locator('.steps summary').first().click();
      await page.waitForSelector('.step >> text=check_calendar');
    }));

  it('errors: one row for each cause', () =>
    on('#/errors', async ({ page }) => {
      await page.waitForSelector('.group');
      expect(await page.locator('.group').first().innerText()).toContain('The calendar did not answer');
      await page.locator('.group a').first().click();
      await page.waitForSelector('.error-text');
    }));

  it('stats: numbers, durations, routing, tools, each chart with its table', () =>
    on('#/stats', async ({ page }) => {
      await page.waitForSelector('.cell');
      expect(await page.locator('.numbers').innerText()).toMatch(/traces\s+4/);
      expect(await page.locator('.flow').textContent()).toContain('reply sent');
      expect(await page.locator('table').last().innerText()).toContain('check_calendar');
      expect(await page.locator('.twin').count()).toBe(3);
      await page.locator('.cell').first().click();
      await page.waitForSelector('.rows .row');
      expect(await page.inputValue('[role=combobox]')).toContain('since:');
    }));

  it('compare: the differences', () =>
    on(`#/d/${good}..${failed}`, async ({ page }) => {
      await page.waitForSelector('.diff');
      const text = await page.locator('main').innerText();
      for (const part of ['changed', 'removed', 'added', 'The calendar did not answer']) expect(text).toContain(part);
    }));

  it('a file: shown from this browser alone', async () => {
    const trace = await app.debug(`/trace/${failed}`);
    const exported = await (await fetch(`${app.url}/debug/trace/${failed}/export`)).json();
    await on('#/file', async ({ page, requests }) => {
      const drop = (name: string, value: unknown) =>
        page.setInputFiles('input[type=file]', {
          name,
          mimeType: 'application/json',
          buffer: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
        });
      await page.waitForSelector('.stream-open');
      const before = requests.length;
      await drop('full.json', trace);
      await page.waitForSelector('.error-text');
      await drop('export.json', exported);
      await page.waitForSelector('.plain-timeline');
      await drop('cli.json', { schema: 1, trace });
      await page.waitForSelector('.step-row');
      const caller = { span_id: '00f067aa0ba902b7', sampled: 'yes', tracestate: 7, baggage: 'plan=<img/src=x>' };
      await drop('called.json', { ...trace, caller });
      const facts = page.locator('.facts', { hasText: 'Caller' });
      await facts.waitFor();
      expect(await facts.innerText()).toContain('span 00f067aa0ba902b7 · plan=<img/src=x>');
      await drop('odd.json', { trace_id: 'x', events: [null, 7, { data: [] }], errors: 'no', summary: 3, caller: [] });
      await page.waitForSelector('.step-row');
      await drop('none.txt', 'not json');
      expect(await page.textContent('[role=alert]')).toContain('not JSON');
      expect(requests.slice(before)).toEqual([]);
    });
  });

  describe('the keyboard', () => {
    it('moves through the list and into a trace and back', () =>
      on('#/', async ({ page }) => {
        await page.waitForSelector('.rows .row');
        await page.keyboard.press('j');
        await page.keyboard.press('j');
        await page.keyboard.press('k');
        expect(await page.locator('.row.selected').innerText()).toContain('Hola');
        await page.keyboard.press('Enter');
        await page.waitForSelector('.trace-header');
        expect(page.url()).toContain('#/t/ben_');
        await page.keyboard.press('Escape');
        await page.waitForSelector('.row.selected');
        await page.keyboard.press('e');
        await page.waitForFunction(() => (globalThis as any).document.querySelectorAll('.rows .row').length === 2);
        await page.keyboard.press('Escape');
        await page.keyboard.press('/');
        expect(await page.evaluate(() => (globalThis as any).document.activeElement.role)).toBe('combobox');
        await page.keyboard.press('Escape');
        await page.keyboard.press('?');
        await page.waitForSelector('dialog[open]');
        await page.keyboard.press('Escape');
        await page.waitForSelector('dialog[open]', { state: 'detached' });
      }));

    it('marks two and compares them', () =>
      on('#/', async ({ page }) => {
        await page.waitForSelector('.rows .row');
        for (const key of ['j', 'c', 'j', 'c']) await page.keyboard.press(key);
        await page.waitForSelector('.diff');
      }));

    it('moves from error to error in a trace', () =>
      on(`#/t/${failed}`, async ({ page }) => {
        await page.waitForSelector('.step-row');
        await page.keyboard.press('e');
        await page.waitForSelector('.step-row.kind-error.current');
        await page.keyboard.press('j');
        await page.keyboard.press('y');
        await page.waitForSelector('.toast-shown');
      }));
  });

  describe('accessibility', () => {
    const PAGES = (): [string, string, string][] => [
      ['live', '#/', '.rows .row'],
      ['trace', `#/t/${failed}`, '.step-row'],
      ['route', `#/t/${good}?tab=route`, '.route-large'],
      ['json', `#/t/${good}?tab=json`, '.tree'],
      ['contact', '#/c/ana', '.turn'],
      ['errors', '#/errors', '.group'],
      ['stats', '#/stats', '.flow'],
      ['compare', `#/d/${good}..${failed}`, '.diff'],
      ['file', '#/file', '.drop'],
      ['missing', '#/t/nothing', '.empty'],
    ];

    // The theme is only a media query of the style sheet: each page is loaded once, and checked in both.
    it.each([1280, 320])(
      'every page at %d pixels, in the light and the dark theme',
      async (width) => {
        const found: string[] = [];
        const checked: string[] = [];
        const first = await visit(browser, 'about:blank', { width });
        for (const [name, hash, ready] of PAGES()) {
          const seen = await visit(browser, `${app.url}/debug${hash}`, { beside: first.context });
          const { page } = seen;
          await page.waitForSelector(ready);
          await page.waitForSelector('.stream-open');
          await page.evaluate(AxeBuilder.source);
          for (const theme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme: theme });
            await screenshot(page, `${name}-${theme}-${width}`);
            // The themes differ in their colours only.
            const rules = theme === 'light' ? undefined : { runOnly: ['color-contrast'] };
            const { violations, passes } = await page.evaluate(
              (given) => (globalThis as any).axe.run(given),
              rules ?? {},
            );
            for (const { id, nodes } of violations)
              found.push(`${name}, ${theme}: ${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
            if (passes.some(({ id }: any) => id === 'color-contrast')) checked.push(`${name}, ${theme}`);
            const wide = await page.evaluate(() => {
              const { scrollWidth, clientWidth } = (globalThis as any).document.documentElement;
              return scrollWidth - clientWidth;
            });
            if (wide > 0) found.push(`${name}, ${theme}: ${wide} pixels wider than the window`);
          }
          expect([name, seen.problems, await executed(page)]).toEqual([name, [], []]);
          await page.close();
        }
        await first.context.close();
        expect(found).toEqual([]);
        expect(checked).toHaveLength(2 * PAGES().length);
      },
      120_000,
    );
  });
});
