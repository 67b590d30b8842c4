/**
 * Makes the pictures of the README and of the documentation from the traces of the demo: `npm run build`, then
 * `npm run docs:pictures`. Needs Chromium; `CHROMIUM` names one in another place. It needs no network.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const OUTPUT = 'docs/public';
const SILENT = Object.fromEntries(
  ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'].map((level) => [level, () => {}]),
);
const VIEW = { width: 1280, height: 800 };

const home = mkdtempSync(join(tmpdir(), 'pictures-'));
// Read by the example when it starts, so these come before its import.
Object.assign(process.env, { TRACE_DIR: join(home, 'traces'), NODE_ENV: 'development' });
let app;
let browser;
try {
  const [{ startExample }, { SCENARIOS }, { sendScenario }] = await Promise.all(
    ['start-example', 'scenarios', 'send-scenario'].map((name) => import(`../../dist/src/example/${name}.js`)),
  );
  const started = await startExample(0, SILENT);
  app = started.app;
  const outcomes = new Map();
  for (const each of await Promise.all(SCENARIOS.map(async (s) => [s.title, await sendScenario(started.url, s)])))
    outcomes.set(...each);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  for (const theme of ['light', 'dark']) {
    const traceId = outcomes.get('a tool that fails').trace_id;
    await picture(`list-${theme}`, theme, `${started.url}/debug`);
    await picture(`trace-${theme}`, theme, `${started.url}/debug#/t/${encodeURIComponent(traceId)}`);
  }
} finally {
  await browser?.close();
  await app?.close();
  rmSync(home, { recursive: true, force: true });
}

async function picture(name, colorScheme, url) {
  const context = await browser.newContext({ viewport: VIEW, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByText('z49hFQn0DxOX5sInJg60').or(page.getByText('ERROR')).first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(shortenPaths, process.cwd());
  await page.screenshot({ path: join(OUTPUT, `${name}.png`) });
  await context.close();
  process.stdout.write(`${join(OUTPUT, name)}.png\n`);
}

/** Stacks name files of this machine; a reader's application is in a folder of its own. Runs in the page. */
function shortenPaths(folder) {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) node.data = node.data.replaceAll(folder, '/app');
}
