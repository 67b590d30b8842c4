import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of the machine, or one that `CHROMIUM` names. */
export const CHROMIUM = [process.env.CHROMIUM, ...CANDIDATES].find((path) => path && existsSync(path));

/** Directory of the screenshots, for a person to view. None is taken where `SCREENSHOTS` is not set. */
const SHOTS = process.env.SCREENSHOTS;

/** Tests in a real browser; without one they are skipped, and the reason is printed. */
export const describeInBrowser: typeof describe = CHROMIUM
  ? describe
  : (Object.assign(
      (name: string) => {
        console.log(`No Chromium (apt-get install chromium, or set CHROMIUM): not tested in a browser: ${name}`);
        describe.skip(name, () => it('needs a browser', () => undefined));
      },
      { each: () => () => undefined },
    ) as unknown as typeof describe);

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM!,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Uncaught errors, errors of the console, and refusals of the content policy. Empty: all went well. */
  problems: string[];
  /** Every requested URL, in order. */
  requests: string[];
}

export interface VisitOptions {
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
  /** Another tab of the same browser. */
  beside?: BrowserContext;
}

/** Opens a page and collects everything that goes wrong in it. */
export async function visit(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
  const { theme = 'light', width = 1280, height = 800 } = options;
  // Without transitions: colours are judged while elements appear.
  const context =
    options.beside ??
    (await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' }));
  const page = await context.newPage();
  // Shorter than a test's time limit: the failure then names the awaited element.
  page.setDefaultTimeout(20_000);
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    // The browser's own report of a failed request is no fault of the page.
    if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text()))
      problems.push(message.text());
  });
  page.on('dialog', (dialog) => {
    problems.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.addInitScript(`
    globalThis.executed = [];
    addEventListener('securitypolicyviolation', (event) => executed.push('policy: ' + event.violatedDirective + ' ' + event.blockedURI));
  `);
  await page.goto(url);
  return { page, context, problems, requests };
}

/** Code that ran in the page and should not have, and refusals of the policy. */
export async function executed(page: Page): Promise<string[]> {
  return page.evaluate<string[]>('globalThis.executed');
}

export async function screenshot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}
