// Prints by how many bytes 10,000 running traces of 20 events each make the heap grow. Run with --expose-gc.
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { runInTrace, TraceModule, traceEvent } from 'nestjs-trace-collector';

const TRACES = 10_000;
const EVENTS = 20;

const dir = mkdtempSync(join(tmpdir(), 'trace-many-'));
class AppModule {}
Module({ imports: [TraceModule.forRoot({ storage: { dir } })] })(AppModule);
const app = await NestFactory.createApplicationContext(AppModule, { logger: false });

/** Like an application's own work: a promise that other code settles. */
function start(releases, inTrace) {
  return inTrace(
    () =>
      new Promise((resolve) => {
        releases.push(resolve);
        for (let n = 0; n < EVENTS; n += 1) traceEvent('step', { n, text: 'x'.repeat(100) });
      }),
  );
}

async function heapWith(inTrace) {
  const releases = [];
  const work = [];
  for (let n = 0; n < TRACES; n += 1) {
    work.push(start(releases, (fn) => inTrace(n, fn)));
    // Like webhooks: one turn of the event loop at a time.
    if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await settle();
  const used = process.memoryUsage().heapUsed;
  releases.forEach((release) => release());
  await Promise.all(work);
  return used;
}

async function settle() {
  for (let n = 0; n < 3; n += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc();
  }
}

// Once for one-time allocations: compiled code, buffers, the module's own state.
runInTrace({ contactId: 'first' }, () => traceEvent('step', { n: 0 }));
const without = await heapWith((_n, fn) => fn());
const held = await heapWith((n, fn) => runInTrace({ contactId: `contact-${n}`, message: 'hola' }, fn));
console.log(JSON.stringify({ bytes: held - without }));
await app.close();
rmSync(dir, { recursive: true, force: true });
