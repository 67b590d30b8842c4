import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, executed, launch, screenshot, visit } from '../support/browser.js';
import { capturedTrace } from '../support/captured-trace.js';
import { startApp, type RunningApp } from '../support/nest-app.js';
import { StoryController } from '../support/story-app.js';

const RUN = `executed.push('ran')`;
/** Texts that attack a page, and texts that break one by accident. */
const HOSTILE = [
  `<script>${RUN}</script>`,
  `"><img src=x onerror="${RUN}">`,
  `'-${RUN}-'`,
  `<svg/onload=${RUN}>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>">`,
  `javascript:${RUN}`,
  `<a href="javascript:${RUN}">click</a>`,
  `<style>*{display:none}</style>`,
  `<math><mi//xlink:href="data:x,<script>${RUN}</script>">`,
  `\${${RUN}} {{constructor.constructor("${RUN}")()}} #{7*7} <%= 7 %>`,
  '\u001b[2J\u001b[31mred\u001b]0;title\u0007',
  '\u202egnihtemos\u202c and \u2066isolated\u2069',
  'zero\u200bwidth\ufeff and \u0000 null',
  '\u{e0041}\u{e0042} tags',
  '👨‍👩‍👧‍👦 🏳️‍🌈 e\u0301 Z̸̢̛a̵l̶g̵o̷ ﷽',
  'א ב ג ومرحبا 你好 ',
  '\ud800 lone surrogate',
  '__proto__ constructor toString hasOwnProperty',
  '%s %d %n %00 ../../../etc/passwd ..%2f',
  `'; DROP TABLE traces; -- $(reboot) \`reboot\` \\`,
  'x'.repeat(20_000),
  'no-break\u00a0'.repeat(300),
  '\n\n\n\r\n\t',
];

/** What text has done to the page as it is shown, in one request to the browser; `{}`: nothing. */
async function harm(page: Page): Promise<Record<string, unknown>> {
  const { body, wide, ...added } = await page.evaluate(() => {
    const { document } = globalThis as any;
    const main = document.querySelector('main');
    const { scrollWidth, clientWidth } = document.documentElement;
    return {
      elements: main.querySelectorAll('script, style, iframe, math, img').length,
      links: document.querySelectorAll('a[href^="javascript"]').length,
      wide: scrollWidth - clientWidth,
      body: main.innerText as string,
    };
  });
  expect(body.length).toBeGreaterThan(0);
  // oxlint-disable-next-line no-control-regex
  const control = /[\u0000-\u0008\u001b\u202a-\u202e\u2066-\u2069\ufeff]/.exec(body);
  return {
    ...(added.elements > 0 && { elements: added.elements }),
    ...(added.links > 0 && { links: added.links }),
    ...(wide !== 0 && { wide }),
    ...(control && { control: control[0] }),
  };
}

describeInBrowser('text that attacks', () => {
  let browser: Browser;
  let app: RunningApp;

  beforeAll(async () => {
    browser = await launch();
    app = await startApp({ controllers: [StoryController] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  it('is text on every page: nothing runs, nothing is refused, nothing leaves its element', async () => {
    for (const text of HOSTILE) {
      const data = { [text.slice(0, 200)]: text, list: [text, { [text.slice(0, 50)]: null }] };
      const contactId = text.trim() === '' ? 'blank' : text.slice(0, 100);
      const sent = await app.post('/webhook', {
        contactId,
        body: text,
        agent: text.slice(0, 80),
        ...(text.length % 2 === 0 ? { fails: text } : { reply: text }),
        data,
      });
      expect(sent.status).toBe(202);
    }
    await app.post('/webhook', { contactId: 'last', body: 'last' });
    await app.ended('last');
    const { traces } = await app.debug(`/traces?limit=${HOSTILE.length + 5}`);
    expect(traces.length).toBe(HOSTILE.length + 1);

    const { page, context, problems } = await visit(browser, `${app.url}/debug#/`);
    const look = async (hash: string, ready: string): Promise<void> => {
      await page.goto(`${app.url}/debug#/${hash}`);
      await page.waitForSelector(ready).catch((error: Error) => {
        throw new Error(`${hash}: ${error.message}`);
      });
      expect([hash, await harm(page)]).toEqual([hash, {}]);
    };
    await look('', '.rows .row');
    await screenshot(page, 'hostile-live');
    for (const { trace_id, contact_id } of traces) {
      await look(`t/${encodeURIComponent(trace_id)}`, '.step-row');
      await page.$$eval('.step-row', (rows: any[]) => rows.forEach((row) => row.click()));
      for (const tab of ['steps', 'route', 'json']) {
        await look(`t/${encodeURIComponent(trace_id)}?tab=${tab}`, '#panel > *');
      }
      await look(`c/${encodeURIComponent(contact_id)}`, '.turn');
    }
    await screenshot(page, 'hostile-chat');
    await look('errors', '.group');
    await look('stats', '.flow');
    await look(`d/${traces[0].trace_id}..${traces[3].trace_id}`, '.diff');
    expect(await executed(page)).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  }, 180_000);

  it('is text in model calls, outgoing calls, log lines, refusals and tags', async () => {
    const { page, context, problems } = await visit(browser, `${app.url}/debug#/file`);
    for (const text of HOSTILE) {
      // The members that decide how a step is shown stay; every other text is the attack.
      const kept = new Set(['role', 'type', 'level', 'outcome', 'method']);
      const attacked = (value: unknown, key = ''): unknown => {
        if (typeof value === 'string') return kept.has(key) ? value : text;
        if (Array.isArray(value)) return value.map((inner) => attacked(inner, key));
        if (typeof value !== 'object' || value === null) return value;
        return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, attacked(inner, name)]));
      };
      const trace: any = capturedTrace();
      trace.caller = { span_id: text, sampled: true, tracestate: text, baggage: text };
      for (const event of trace.events) {
        event.data = attacked(event.data);
        for (const name of Object.keys(event.attributes ?? {}))
          if (typeof event.attributes[name] === 'string') event.attributes[name] = text;
        if (event.name !== null) event.name = text;
      }
      await page.waitForSelector('.drop');
      await page.setInputFiles('input[type=file]', {
        name: 'trace.json',
        mimeType: 'application/json',
        buffer: Buffer.from(JSON.stringify(trace)),
      });
      await page.waitForSelector('.trace-header');
      await page.$$eval('.fold-line button, .trace-head-line button', (all: any[]) =>
        all.forEach((one) => one.click()),
      );
      const names: string[] = await page.$$eval('.step-row', (rows: any[]) => rows.map(({ id }) => id.slice(2)));
      expect(names.length).toBeGreaterThan(10);
      for (const name of [...names, 'conversation']) {
        if (name === 'conversation') await page.click('#tab-conversation');
        else await page.$eval(`#e-${name}`, (row: any) => row.click());
        await page.$$eval('details', (all: any[]) => all.forEach((one) => (one.open = true)));
        expect([text.slice(0, 40), name, await harm(page)]).toEqual([text.slice(0, 40), name, {}]);
      }
      // Before the page is loaded again, which empties the list.
      expect([text.slice(0, 40), await executed(page)]).toEqual([text.slice(0, 40), []]);
      await page.reload();
    }
    expect(problems).toEqual([]);
    await context.close();
  }, 180_000);

  it('cannot add anything to the page through the URL', async () => {
    const { page, problems, context } = await visit(browser, `${app.url}/debug#/`);
    for (const text of HOSTILE.slice(0, 14)) {
      for (const at of ['', 't/', 'c/', 'd/', '?q=', 't/x?tab=', 'errors?f=', '?at=']) {
        await page.goto(`${app.url}/debug#/${at}${encodeURIComponent(text)}`);
        await page.waitForSelector('main *');
      }
    }
    expect(await executed(page)).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  }, 120_000);

  it('is sent with a policy that lets no text run, even if the page had a hole', async () => {
    const response = await fetch(`${app.url}/debug`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    const html = await response.text();
    expect(html.match(/<script[^>]*>/g)).toHaveLength(1);
    expect(html).toMatch(/<script type="module" src="[^"]+"><\/script>/);
    expect(html).not.toMatch(/ on\w+=| style=/);
    // The hole itself: the browser refuses markup from data.
    const { page, context } = await visit(browser, `${app.url}/debug`);
    const refused = await page.evaluate(() => {
      try {
        (globalThis as any).document.body.innerHTML = '<img src=x onerror=executed.push(1)>';
        return false;
      } catch {
        return true;
      }
    });
    expect(refused).toBe(true);
    await context.close();
  });
});
