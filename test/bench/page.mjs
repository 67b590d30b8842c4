/**
 * Time until the page shows something: the first list of a directory with very many traces, new traces while it is
 * open, and a trace of 10,000 events.
 * A real browser (Chromium), each time in a fresh context with an empty cache; times are the page's own, from the start
 * of the navigation to the moment the row or the error is in the document.
 * `npm run bench -- page [--traces 100000] [--runs 15]`: a line of JSON for each, on stdout. `CHROMIUM` names a browser
 * in another place.
 */
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceModule, TraceService, runInTrace, traceError, traceEvent } from 'nestjs-trace-collector';
import { chromium } from 'playwright-core';
import { Catalog } from '../../dist/libs/trace/src/catalog/catalog.js';
import { writeJournal } from './support/journal-data.mjs';
import { quantile, rounded } from './support/measure.mjs';

const { values: flags } = parseArgs({
  options: { traces: { type: 'string', default: '100000' }, runs: { type: 'string', default: '15' } },
});
const EVENTS = 10_000;
const forever = '3650d';

const dir = mkdtempSync(join(tmpdir(), 'bench-page-'));
let app;
let browser;
try {
  writeJournal(dir, { traces: Number(flags.traces), days: 5, bytes: 200 });
  const catalog = new Catalog({ dir });
  while (!catalog.catchUp(1_000));
  catalog.close();
  const url = await startApplication();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const list = await fetch(`${url}/traces`);
  const listBytes = (await list.arrayBuffer()).byteLength;
  print({
    page: 'first list',
    traces: Number(flags.traces),
    ...(await measure(url, '#/', '.rows .row')),
    list_bytes: listBytes,
  });
  print({ page: 'live', ...(await measureLive(url)) });
  const id = await longTrace();
  print({ page: 'trace', events: EVENTS, ...(await measure(url, `#/t/${id}`, '.error-text')) });
} finally {
  await browser?.close();
  await app?.close();
  rmSync(dir, { recursive: true, force: true });
}

async function startApplication() {
  class PageModule {}
  const options = {
    storage: { dir },
    retention: { maxAge: forever, errorMaxAge: forever, maxBytes: 2 ** 40 },
    limits: { maxEventsPerTrace: 2 * EVENTS },
    debug: { access: 'loopback' },
  };
  Module({ imports: [TraceModule.forRoot(options)] })(PageModule);
  app = await NestFactory.create(PageModule, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  return `http://127.0.0.1:${app.getHttpServer().address().port}/debug`;
}

/** The id of a trace with very many events and one error in the middle. */
async function longTrace() {
  const contactId = 'many';
  runInTrace({ contactId }, () => {
    for (let n = 0; n < EVENTS - 3; n += 1) {
      if (n === EVENTS / 2) traceError('in.the.middle', new Error('the one that matters'));
      traceEvent('step', { n, text: `needle-${n}.` });
    }
  });
  for (;;) {
    const [trace] = (await app.get(TraceService).traces({ contactId, limit: 1 })).traces;
    if (trace && trace.status !== 'active') return trace.trace_id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function measure(url, hash, selector) {
  const times = [];
  const requests = [];
  for (let run = -1; run < Number(flags.runs); run += 1) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    let count = 0;
    page.on('request', () => (count += 1));
    await page.addInitScript(watch, selector);
    // The page itself reports it: searching for the element from here would put a large script of the tool into the
    // page that is being timed.
    const report = page.waitForEvent('console', (message) => message.text().startsWith('shown '));
    await page.goto(`${url}${hash}`, { waitUntil: 'commit' });
    const shownAt = Number((await report).text().slice('shown '.length));
    // The first run loads the server's files and the index's pages into memory.
    if (run >= 0) times.push(shownAt);
    requests.push(count);
    await context.close();
  }
  return { ...shown(times), requests: Math.max(...requests) };
}

function shown(times) {
  times.sort((a, b) => a - b);
  return {
    runs: times.length,
    shown_p50_ms: rounded(quantile(times, 0.5), 0),
    shown_p95_ms: rounded(quantile(times, 0.95), 0),
  };
}

/** From the recording of an event to the moment that its row is in the document: both times by the machine's clock. */
async function measureLive(url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${url}#/`);
  await page.waitForSelector('.stream-open');
  const times = [];
  for (let run = -2; run < 2 * Number(flags.runs); run += 1) {
    const message = `message number ${run}.`;
    const seen = page.evaluate(waitFor, message);
    const began = performance.timeOrigin + performance.now();
    runInTrace({ contactId: `live-${run}`, message }, () => traceEvent('step', { run }));
    if (run >= 0) times.push((await seen) - began);
    else await seen;
  }
  await context.close();
  return shown(times);
}

/** Runs in the page. */
function waitFor(message) {
  return new Promise((resolve) => {
    const look = () => {
      if (document.querySelector('.rows')?.textContent.includes(message)) {
        observer.disconnect();
        resolve(performance.timeOrigin + performance.now());
      }
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true, characterData: true });
    look();
  });
}

/** Runs in the page, before its own script. */
function watch(selector) {
  const look = () => {
    if (!document.querySelector(selector)) return;
    observer.disconnect();
    console.debug(`shown ${performance.now()}`);
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
}

function print(result) {
  console.log(JSON.stringify({ bench: 'page', ...result, node: process.version }));
}
