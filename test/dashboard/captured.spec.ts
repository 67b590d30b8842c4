import AxeBuilder from 'axe-core';
import { traceEvent } from 'nestjs-trace-collector';
import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, executed, launch, screenshot, visit, type Visit } from '../support/browser.js';
import { capturedTrace } from '../support/captured-trace.js';
import { startApp, type RunningApp } from '../support/nest-app.js';
import { StoryController, play } from '../support/story-app.js';

const USAGE = { calls: 3, input_tokens: 1_912, output_tokens: 113, cost_usd: 0.000_432_8 };

describeInBrowser('what capture saw', () => {
  let browser: Browser;
  let app: RunningApp;

  beforeAll(async () => {
    browser = await launch();
    app = await startApp({ controllers: [StoryController] });
    await play({ contactId: 'ana', message: 'Hola' }, () => {
      traceEvent('message_sent', { message: 'The doctor has time on Friday', channel: 'whatsapp', via: 'http' });
      traceEvent('message_failed', {
        message: 'A note to the reception',
        provider: 'whatsapp',
        channel: 'whatsapp',
        status: 400,
        code: '131030',
        reason: 'Recipient phone number not in allowed list',
        via: 'http',
      });
    });
    await app.ended('ana');
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  const checked = async (seen: Visit, check: (page: Page) => Promise<void>): Promise<void> => {
    try {
      await check(seen.page);
      expect([seen.problems, await executed(seen.page)]).toEqual([[], []]);
    } finally {
      await seen.context.close();
    }
  };

  const drop = (page: Page, trace: unknown) =>
    page.setInputFiles('input[type=file]', {
      name: 'trace.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(trace)),
    });

  const onFile = async (trace: unknown, check: (page: Page) => Promise<void>, options = {}): Promise<void> => {
    const seen = await visit(browser, `${app.url}/debug#/file`, options);
    await seen.page.waitForSelector('.drop');
    await drop(seen.page, trace);
    await seen.page.waitForSelector('.trace-header');
    await checked(seen, check);
  };

  const line = (page: Page, text: string) => page.locator('.step-row', { hasText: text });

  const labels = (page: Page) => page.$$eval('.step-label', (rows) => rows.map((row) => row.textContent));

  /**
   * What axe finds on the page as it is, and how much wider than the window it is. The themes differ in their colours only:
   * the other rules run once.
   */
  const faults = async (page: Page, name: string): Promise<string[]> => {
    await page.evaluate(AxeBuilder.source);
    const found: string[] = [];
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await screenshot(page, `captured-${name}-${theme}`);
      const rules = theme === 'light' ? undefined : ['color-contrast'];
      const { violations } = await page.evaluate((only) => (globalThis as any).axe.run({ runOnly: only }), rules);
      for (const { id, nodes } of violations)
        found.push(`${name}, ${theme}: ${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
    }
    const wide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = (globalThis as any).document.documentElement;
      return scrollWidth - clientWidth;
    });
    if (wide > 0) found.push(`${name}: ${wide} pixels wider than the window`);
    return found;
  };

  describe('in the steps of a trace', () => {
    it('has calls and log lines without news folded into one line, and opens them for the session', () =>
      onFile(capturedTrace(), async (page) => {
        expect(await page.locator('.fold-line').innerText()).toMatch(/^2 outgoing calls and 4 log lines\s+show$/);
        const folded = await labels(page);
        expect(folded.filter((label) => label === 'HTTP')).toHaveLength(2);
        expect(folded.filter((label) => label?.startsWith('Log'))).toEqual(['Log warn', 'Log error']);
        await page.click('.fold-line button');
        expect((await labels(page)).filter((label) => label === 'HTTP')).toHaveLength(4);
        await page.reload();
        await drop(page, capturedTrace());
        await page.waitForSelector('.step-row');
        expect((await labels(page)).filter((label) => label?.startsWith('Log'))).toHaveLength(6);
        await page.keyboard.press('f');
        await page.waitForSelector('.fold-line [aria-pressed=false]');
        expect(await labels(page)).toEqual(folded);
      }));

    it('shows a call that failed, was slow or was left, and a line of an unknown level', () => {
      const call = (from: number, data: unknown, took: number | undefined, status?: number) => ({
        type: 'http',
        name: 'GET x.example',
        span: `x${from}`,
        from,
        took,
        data,
        attributes: {
          'http.request.method': 'GET',
          'server.address': `x${from}.example`,
          ...(status && { 'http.response.status_code': status }),
        },
      });
      const extra = [
        call(5_001, { outcome: 'ok' }, 10, 200),
        call(5_002, { outcome: 'ok' }, 10, 404),
        call(5_003, { outcome: 'cancelled' }, 10),
        call(5_004, { outcome: 'ok' }, 1_001, 200),
        call(5_005, { outcome: 'error' }, 10),
        call(5_006, {}, undefined),
        { type: 'log', from: 5_007, data: { level: 'audit', message: 'odd level' } },
      ];
      return onFile(capturedTrace(extra), async (page) => {
        const titles = await page.$$eval('.step-title', (rows) => rows.map((row) => row.textContent));
        expect(titles.filter((title) => title?.startsWith('GET x'))).toEqual(
          [2, 3, 4, 5, 6].map((n) => `GET x500${n}.example`),
        );
        expect(titles).toContain('odd level');
      });
    });

    it('finds folded rows', () =>
      onFile(capturedTrace(), async (page) => {
        expect(await line(page, 'step 2 done').count()).toBe(0);
        await page.fill('[aria-label="Find in this trace"]', 'step 2 done');
        await page.waitForSelector('.step-row.current >> text=step 2 done');
        expect(await line(page, 'step 3 done').count()).toBe(0);
      }));

    it('has the attempts of one call in one row, with the numbers of the last', () =>
      onFile(capturedTrace(), async (page) => {
        const row = page.locator('.step-row:has(.step-times)');
        const text = await row.innerText();
        expect(text).toContain('×3: 429, 429, 200');
        expect(text).toContain('812→64 tokens · $0.0003 · first token 312 ms');
        expect(await line(page, 'gpt-5-mini').count()).toBe(1);
        await row.click();
        expect(await line(page, 'gpt-5-mini').count()).toBe(4);
        expect(await line(page, '429 (rate_limit_exceeded)').count()).toBe(2);
        await row.click();
        expect(await line(page, 'gpt-5-mini').count()).toBe(1);
      }));

    it('folds and shows 10,000 events', () => {
      const many = Array.from({ length: 10_000 }, (_, n) =>
        n % 2
          ? { type: 'log', from: 5_000 + n, data: { level: n === 5_001 ? 'fatal' : 'log', message: `line ${n}.` } }
          : {
              type: 'http',
              name: 'GET x.example',
              span: `x${n}`,
              from: 5_000 + n,
              took: 1,
              data: { outcome: 'ok' },
              attributes: { 'http.request.method': 'GET', 'server.address': 'x.example', 'url.template': `/${n}` },
            },
      );
      return onFile(capturedTrace(many), async (page) => {
        expect(await page.locator('.fold-line').innerText()).toContain('5,002 outgoing calls and 5,003 log lines');
        expect(await line(page, 'line 5001.').count()).toBe(1);
        expect(await page.locator('.step-row').count()).toBeLessThan(30);
        const took = await page.evaluate(async () => {
          const { document, performance, requestAnimationFrame } = globalThis as any;
          const times: number[] = [];
          for (let n = 0; n < 4; n += 1) {
            const from = performance.now();
            document.querySelector('.fold-line button').click();
            await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
            times.push(performance.now() - from);
          }
          return times;
        });
        if (process.env.MEASURE)
          console.log(`10,000 events: shown and folded after ${took.map(Math.round).join(', ')} ms`);
        expect(await page.locator('.step-row').count()).toBeLessThan(30);
      });
    });

    it('never shows an unknown cost as $0', () =>
      onFile(capturedTrace(), async (page) => {
        expect(await line(page, 'my-finetune').innerText()).toContain('1,004→41 tokens · cost unknown');
        expect(await page.locator('.trace-header').innerText()).toContain(
          '3 model calls · 1,912→113 tokens · $0.00043, cost of 1 call unknown',
        );
        expect(await page.locator('main').innerText()).not.toMatch(/\$0(?![.\d])/);
      }));

    it('moves by keyboard over rows, in and out of a retried call', () =>
      onFile(capturedTrace(), async (page) => {
        const current = () => page.locator('.step-row.current').innerText();
        const group = page.locator('.step-row:has(.step-times)');
        await page.keyboard.press('j');
        while (!(await current()).includes('×3')) await page.keyboard.press('j');
        expect(await group.getAttribute('aria-expanded')).toBe('false');
        await page.keyboard.press('Enter');
        expect(await group.getAttribute('aria-expanded')).toBe('true');
        for (let n = 0; n < 3; n += 1) {
          await page.keyboard.press('j');
          expect(await current()).toMatch(/^LLM\s+gpt-5-mini/);
        }
        await page.keyboard.press('j');
        expect(await current()).toContain('OpenAI: Retrying after 429');
        for (let n = 0; n < 4; n += 1) await page.keyboard.press('k');
        expect(await current()).toContain('×3');
      }));
  });

  describe('in the detail of a step', () => {
    it('is a chat for a model call, with its JSON one click away', () =>
      onFile(capturedTrace(), async (page) => {
        await line(page, 'my-finetune').click();
        const chat = page.locator('.model-call');
        const text = await chat.innerText();
        for (const part of ['system', 'user', 'assistant', 'check_calendar', 'answer', 'El viernes hay hora'])
          expect(text).toContain(part);
        expect(text).toMatch(/image\s+receta\.png, image\/png, 182 KB/);
        expect(await page.locator('main img, main audio, main video').count()).toBe(0);
        expect(await chat.locator('.message-tool .tree').innerText()).toContain('Ruiz');
        expect(await page.locator('.step-panel .tree-key >> text=/^outcome$/').count()).toBe(0);
        await page.click('text=Raw JSON');
        expect(await page.locator('.step-panel >> text=outcome').count()).toBe(1);
        await page.click('text=Raw JSON');
        await page.waitForSelector('.model-call');
      }));

    it('folds reasoning and long prompts, and names refusals and failures', () =>
      onFile(capturedTrace(), async (page) => {
        await page.locator('.step-row:has(.step-times)').click();
        await line(page, '812→64').last().click();
        const reasoning = page.locator('summary', { hasText: 'Reasoning' });
        expect(await page.locator('text=I need the calendar').isVisible()).toBe(false);
        await reasoning.click();
        expect(await page.locator('text=I need the calendar').isVisible()).toBe(true);
        expect(await page.locator('.tool-call').innerText()).toContain('check_calendar');
        expect(await page.locator('.call-facts').innerText()).toMatch(
          /gpt-5-mini-2026-08-07, asked as gpt-5-mini[^]*512 read from the cache, 24 reasoning[^]*tool_calls/,
        );
        await line(page, '429 (rate_limit_exceeded)').first().click();
        await page.waitForSelector('text=429 · rate_limit_exceeded · Rate limit reached');
        await line(page, 'claude-haiku-4-5').click();
        await page.waitForSelector('text=I cannot judge this reply.');
      }));

    it('shows the ends of a long history, and all of it on request', () => {
      const messages = Array.from({ length: 300 }, (_, n) => ({
        role: n % 2 ? 'assistant' : 'user',
        content: `turn ${n}.`,
      }));
      const long = {
        type: 'llm',
        name: 'long',
        span: 'long',
        from: 5_000,
        took: 1,
        data: { input: { messages }, output: { text: 'done' }, outcome: 'ok' },
      };
      return onFile(capturedTrace([long]), async (page) => {
        await page.locator('.step-row', { has: page.locator('text=/^long$/') }).click();
        expect(await page.locator('.message').count()).toBe(23);
        await page.click('text=Show 278 more messages');
        expect(await page.locator('.message').count()).toBe(301);
      });
    });

    it('is request and response for an outgoing call, and text with a stack for a log line', () =>
      onFile(capturedTrace(), async (page) => {
        await line(page, '131030').first().click();
        const call = await page.locator('.call').innerText();
        expect(call).toContain('POST https://graph.facebook.com/v21.0/1234567/messages');
        expect(call).toContain('34600999888');
        expect(call).toContain('131030: Recipient phone number not in allowed list');
        await line(page, 'Could not notify').click();
        expect(await page.locator('.stack').innerText()).toContain('notifier.ts:18:24');
      }));

    it('survives model calls of any shape', () => {
      const odd = [null, 7, 'text', [], { messages: 7 }, { messages: [null, 7, [], { role: {}, content: 7 }] }];
      const parts = [null, 7, { type: 'text' }, { type: 'image', url: { a: 1 } }, { type: 'x' }];
      const calls = [
        ...odd.map((input) => ({ input, output: input })),
        {
          input: { messages: [{ role: '__proto__', content: parts, tool_calls: [null, 7, {}] }] },
          output: { text: 7 },
        },
        { input: { messages: [], tools: [{}], parameters: 7 }, output: { error: 7, tool_calls: 'x', reasoning: {} } },
      ].map((data, n) => ({ type: 'llm', name: `odd ${n}`, span: `o${n}`, from: 5_000 + n, took: 1, data }));
      return onFile(capturedTrace(calls), async (page) => {
        for (let n = 0; n < calls.length; n += 1) {
          await line(page, `odd ${n}`).click();
          expect(await page.locator('.step-panel h2').innerText()).toContain(`odd ${n}`);
        }
      });
    });
  });

  it('colours the bars by type, with a legend, failures and first tokens', () =>
    onFile(capturedTrace(), async (page) => {
      expect(await page.$$eval('.legend li', (rows) => rows.map((row) => row.textContent))).toEqual([
        'Agent',
        'HTTP',
        'LLM',
        'Tool',
        'DB',
        'Retriever',
        'pale: beside the critical path',
        'failed',
        'first token',
      ]);
      const fills = await page.$$eval('.legend .swatch', (all) =>
        all.slice(0, 6).map((one) => (globalThis as any).getComputedStyle(one).backgroundColor),
      );
      expect(new Set(fills).size).toBe(6);
      expect(await page.locator('.step-token').count()).toBe(2);
      expect(await page.locator('.step-bar.failed').count()).toBe(3);
    }));

  it('has replies and refused replies in the conversation of a trace and of a contact', async () => {
    await onFile(capturedTrace(), async (page) => {
      await page.click('#tab-conversation');
      const bubbles = await page.$$eval('.bubble', (all) => all.map((one) => one.textContent));
      expect(bubbles).toHaveLength(3);
      expect(bubbles[1]).toContain('seen in the call to the provider');
      expect(bubbles[2]).toContain('by whatsapp: 400 (131030) Recipient phone number not in allowed list');
      await page.locator('.bubble-refused button').click();
      await page.waitForSelector('.step-row.current >> text=131030');
    });
    const seen = await visit(browser, `${app.url}/debug#/c/ana`);
    await checked(seen, async (page) => {
      await page.waitForSelector('.bubble-refused');
      expect(await page.locator('.bubble-out').allInnerTexts()).toEqual([
        expect.stringMatching(/Friday[^]*whatsapp · seen in the call to the provider/),
        expect.stringMatching(/reception[^]*Refused\s+by whatsapp: 400 \(131030\) Recipient[^]*show the step/),
      ]);
    });
  });

  describe('in lists and numbers', () => {
    /** The page with these members added to the newest row, and to the stats. */
    const withNumbers = async (hash: string, check: (page: Page) => Promise<void>, options = {}) => {
      const seen = await visit(browser, 'about:blank', options);
      const { page } = seen;
      const { traces } = await app.debug('/traces?limit=1');
      const day = (n: number) => `2026-11-${String(n).padStart(2, '0')}`;
      const steps = { count: 12, errors: 2, average_duration_ms: 900, p50_ms: 800, p95_ms: 2_100, p99_ms: 2_400 };
      const stats = {
        usage: { ...USAGE, calls: 42, unknown_cost_calls: 2 },
        usage_by_day: [20, 21, 22].map((n) => ({
          day: day(n),
          calls: 14,
          total_tokens: 20_000,
          cost_usd: n === 21 ? null : n / 1_000,
          ...(n === 21 && { unknown_cost_calls: 14 }),
        })),
        by_model: {
          'gpt-5-mini': { ...steps, usage: USAGE },
          'my-finetune': { ...steps, usage: { calls: 3, cost_usd: null } },
        },
        by_agent: { sofia: { ...steps, usage: USAGE }, maria: steps },
        by_host: { 'api.openai.com': steps, 'graph.facebook.com': { ...steps, errors: 0 } },
      };
      await page.route(/\/debug\/traces\?/, (request) =>
        request.fulfill({
          json: {
            count: 2,
            next: null,
            traces: [
              {
                ...traces[0],
                usage: USAGE,
                models: ['gpt-5-mini', 'two words'],
                tags: { plan: 'gold' },
                refused: 1,
              },
              { ...traces[0], trace_id: 'ana_20260101_000000_000000', usage: { calls: 1, cost_usd: null } },
            ],
          },
        }),
      );
      // Asked before: a request that is passed on may outlive its page, and its failure then fails every test.
      const real = await app.debug('/stats?since=24h');
      await page.route(/\/debug\/stats/, (request) => request.fulfill({ json: { ...real, ...stats } }));
      await page.goto(`${app.url}/debug#/${hash}`);
      await checked(seen, check);
    };

    it('are columns for tokens and cost, a mark of refused replies, and tags', () =>
      withNumbers('', async (page) => {
        await page.waitForSelector('.rows-priced');
        const rows = await page.locator('.row').allInnerTexts();
        expect(rows[0]).toMatch(/plan=gold[^]*2,025 tokens[^]*\$0\.00043[^]*refused/);
        expect(rows[1]).toContain('unknown');
        expect(rows[1]).not.toContain('$');
        await page.click('text=plan=gold');
        expect(await page.inputValue('[role=combobox]')).toBe('tag:plan=gold');
      }));

    it('are completed in the search box by keys and by pointer', () =>
      withNumbers('', async (page) => {
        await page.waitForSelector('.rows .row');
        const options = () => page.locator('[role=option] code').allInnerTexts();
        await page.keyboard.press('/');
        expect(await options()).toContain('cost:>0.01');
        await page.keyboard.type('mo');
        expect(await options()).toEqual(['model:gpt-5-mini']);
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        expect(await options()).toEqual(['model:gpt-5-mini', 'model:"two words"']);
        await page.click('[role=option]:has-text("two words")');
        expect(await page.inputValue('[role=combobox]')).toBe('model:"two words"');
        await page.waitForFunction(() => (globalThis as any).location.hash.includes('model'));
        expect(await options()).toEqual([]);
        await page.keyboard.type(' log:');
        expect(await options()).toEqual(['log:warn', 'log:error', 'log:fatal']);
        await page.keyboard.press('Escape');
        await page.keyboard.press('Escape');
        await page.keyboard.press('?');
        expect(await page.locator('dialog').innerText()).toContain('tokens:>1000');
      }));

    it('are tables by model, agent and host, and cost per day', () =>
      withNumbers('stats', async (page) => {
        await page.waitForSelector('.cost-days');
        expect(await page.locator('.numbers').innerText()).toMatch(/model calls\s+42/);
        expect(await page.locator('.trends').innerText()).toMatch(/cost of models\s+\$0\.00043\+/);
        const table = (name: string) => page.locator(`[aria-label="${name}"]`).innerText();
        expect(await table('Models')).toMatch(/gpt-5-mini\s+12\s+2\s+800 ms\s+2\.10 s\s+2,025\s+\$0\.00043/);
        expect(await table('Models')).toMatch(/my-finetune\s+12\s+2\s+800 ms\s+2\.10 s\s+unknown\s+unknown/);
        expect(await table('Agents')).not.toContain('maria');
        expect(await table('Hosts')).toContain('graph.facebook.com');
        expect(await page.locator('.bar-unknown').count()).toBe(1);
        expect(await page.locator('.chart', { hasText: 'per day' }).innerText()).toContain(
          '$0.042, cost of 14 calls unknown',
        );
        await page.click('text=my-finetune');
        expect(await page.inputValue('[role=combobox]')).toMatch(/^model:my-finetune since:/);
      }));

    it.each([1280, 320])(
      'have no fault that axe finds, at %d pixels in both themes',
      async (width) => {
        const found: string[] = [];
        await withNumbers(
          '',
          async (page) => {
            await page.waitForSelector('.rows-priced');
            found.push(...(await faults(page, `list-${width}`)));
            await page.keyboard.press('/');
            await page.keyboard.press('ArrowDown');
            found.push(...(await faults(page, `search-${width}`)));
            await page.goto(`${app.url}/debug#/stats`);
            await page.waitForSelector('.cost-days');
            await page.waitForSelector('.flow, .heatmap');
            found.push(...(await faults(page, `stats-${width}`)));
            await page.goto(`${app.url}/debug#/c/ana`);
            await page.waitForSelector('.bubble-refused');
            found.push(...(await faults(page, `contact-${width}`)));
            await page.goto(`${app.url}/debug#/file`);
            await page.waitForSelector('.drop');
            await drop(page, capturedTrace());
            await page.waitForSelector('.step-row');
            found.push(...(await faults(page, `steps-${width}`)));
            await page.setViewportSize({ width, height: 3_000 });
            for (const step of width > 320 ? ['my-finetune', '131030', 'Could not notify', '×3'] : ['×3']) {
              await line(page, step).first().click();
              await page.waitForSelector('.step-panel.chosen');
              found.push(...(await faults(page, `detail-${step}-${width}`)));
            }
            await page.setViewportSize({ width, height: 800 });
            await page.click('#tab-conversation');
            await page.waitForSelector('.bubble');
            found.push(...(await faults(page, `conversation-${width}`)));
          },
          { width },
        );
        expect(found).toEqual([]);
      },
      120_000,
    );
  });
});
