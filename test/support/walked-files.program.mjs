/**
 * Prints the source files whose functions run during one webhook, one `traceEvent` and one list of failed traces, as
 * JSON: `{ webhook, traceEvent, index, list }`. Runs the output of tsc, where each source file is a separate file.
 */
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const root = pathToFileURL(join(process.cwd(), 'dist/libs/trace/src/')).href;
const { TraceModule, traceEvent } = await import(`${root}index.js`);
const { Catalog } = await import(`${root}catalog/catalog.js`);

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

/** The files with a function that was called since the last time. */
async function walked() {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return (
    result
      .filter(({ url }) => url.startsWith(root))
      // The function that begins at 0 is the module itself.
      .filter(({ functions }) => functions.some(({ ranges: [whole] }) => whole.startOffset > 0 && whole.count > 0))
      .map(({ url }) => url.slice(root.length).replace(/\.js$/, '.ts'))
      .sort()
  );
}

let inHandler = () => undefined;

class WebhookController {
  async receive() {
    await inHandler();
    return { accepted: true };
  }
}
const { prototype } = WebhookController;
Controller('webhook')(WebhookController);
Post()(prototype, 'receive', Object.getOwnPropertyDescriptor(prototype, 'receive'));

const dir = mkdtempSync(join(tmpdir(), 'walked-files-'));
class AppModule {}
const options = { storage: { dir }, lifecycle: { quietMs: 40 }, debug: { access: 'loopback' } };
Module({ imports: [TraceModule.forRoot(options)], controllers: [WebhookController] })(AppModule);
const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0);
const url = `http://127.0.0.1:${app.getHttpServer().address().port}`;

const post = () => request('/webhook', { method: 'POST', body: '{"contactId":"ana","body":"hola"}' });
const ended = async (count) => {
  for (;;) {
    const { traces } = await request('/debug/traces?status=completed');
    if (traces.length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
async function request(path, init) {
  const response = await fetch(url + path, { headers: { 'content-type': 'application/json' }, ...init });
  return response.json();
}

// Without the work that only the first requests of an application do.
inHandler = () => {
  throw new Error('broken');
};
await post();
inHandler = () => undefined;
await post();
await ended(1);
await request('/debug/traces?status=error');
await walked();

await post();
// Until the sweep has ended it: a query would add the files of the read path.
await new Promise((resolve) => setTimeout(resolve, 300));
const webhook = await walked();

let traced;
inHandler = async () => {
  await walked();
  traceEvent('my_event', { n: 1 });
  traced = await walked();
};
await post();
await ended(3);

await walked();
// Timers that run without a request are on no path.
await new Promise((resolve) => setTimeout(resolve, 2_500));
const idle = await walked();
await request('/debug/traces?status=error');
const list = (await walked()).filter((file) => !idle.includes(file));
await app.close();

// In the application a worker does this. Its code is the same.
const catalog = new Catalog({ dir, file: join(dir, 'other.db') });
await walked();
catalog.catchUp();
const index = await walked();
catalog.list({ status: ['error'] }, 20, undefined);
const listInCatalog = await walked();
catalog.close();
rmSync(dir, { recursive: true, force: true });

console.log(
  JSON.stringify({ webhook, traceEvent: traced, index, list: [...new Set([...list, ...listInCatalog])].sort() }),
);
