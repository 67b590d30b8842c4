import type { Browser } from 'playwright-core';
import { runInTrace, traceCarrier, traceReply, type TraceCarrier } from 'nestjs-trace-collector';
import { describeInBrowser, launch, visit } from '../support/browser.js';
import { startApp, type RunningApp } from '../support/nest-app.js';

describeInBrowser('the page of a trace with links', () => {
  let browser: Browser;
  let app: RunningApp;
  let first: any;

  beforeAll(async () => {
    browser = await launch();
    app = await startApp();
    let carrier: TraceCarrier | undefined;
    runInTrace({ contactId: 'ana', message: 'Quiero una cita' }, () => (carrier = traceCarrier()));
    first = await app.ended('ana');
    expect(() => runInTrace(carrier!, () => raise('provider down'))).toThrow('provider down');
    await app.ended('ana');
    runInTrace(carrier!, () => traceReply('listo'));
    await app.ended('ana');
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  it('lists them with their status, and links to each and back', async () => {
    const { page, context, problems } = await visit(browser, `${app.url}/debug#/t/${first.trace_id}`);
    const links = page.locator('.linked-traces li');
    await links.first().waitFor();
    expect((await links.allInnerTexts()).map((text) => text.split(/\s+/).slice(0, 3).join(' '))).toEqual([
      'attempt 1 error',
      'attempt 2 completed',
    ]);
    expect(await page.locator('.trace-header').innerText()).toContain('sent in a linked trace');
    await links.first().locator('a').click();
    await page.locator('.linked-traces', { hasText: 'continues' }).waitFor();
    expect(await page.locator('.trace-header').innerText()).toContain('provider down');
    await page.locator('.linked-traces a').click();
    await page.locator('.linked-traces', { hasText: 'attempt 2' }).waitFor();
    expect(page.url()).toContain(first.trace_id);
    expect(problems).toEqual([]);
    await context.close();
  });
});

function raise(message: string): never {
  throw new Error(message);
}
