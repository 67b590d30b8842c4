/**
 * The application in which the faults happen. Its settings are one JSON argument; it prints its URL as soon as it
 * listens. Every event that the journal has accepted when `traceEvent` returns is recorded, with a separate `write`, in
 * the file `acks`; events after the module's shutdown are not. The header `x-recorded` of a response has the number of the last
 * event before it.
 */
import 'reflect-metadata';
import { closeSync, openSync, writeSync } from 'node:fs';
import { Body, Controller, Get, HttpCode, Module, Post, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceModule, runInTrace, traceEvent, waitUntil } from 'nestjs-trace-collector';
import { ShipClient } from '../../dist/libs/trace/src/ship-worker/client.js';
import { keepingIn } from '../support/keeping-in.mjs';
import { openStore } from './support/open-store.mjs';

const {
  dir,
  acks,
  name = 'a',
  events = 6,
  padBytes = 300,
  store: storeOptions = {},
  hooks = true,
  // Target of a shared store.
  target,
} = JSON.parse(process.argv[2]);
const pad = 'x'.repeat(padBytes);
const ackFile = acks && openSync(acks, 'a');
const hogged = [];
let count = 0;
let offered = 0;
let taken = 0;

const store = openStore({ dir, ...storeOptions });
const { sink } = store;
if (target) {
  const retention = { maxAgeMs: 604_800_000, errorMaxAgeMs: 604_800_000, maxBytes: undefined };
  const shipper = new ShipClient({ writer: sink, dir, target, instance: name, retention });
  const close = store.close.bind(store);
  store.close = () => close().then(() => shipper.close(5_000));
}
const append = sink.append.bind(sink);
sink.append = (draft) => {
  if ('trace' in draft) offered += 1;
  const kept = append(draft);
  if (kept) taken += 1;
  return kept;
};

function step() {
  count += 1;
  const id = `${name}-${count}`;
  const before = taken;
  traceEvent('step', { id, pad });
  if (ackFile && taken > before) writeSync(ackFile, `${id}\n`);
}

/** Half of the work comes before the answer, half after it. */
async function work() {
  for (let n = 0; n < events / 2; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    step();
  }
}

/** Work that blocks the event loop. */
function busy() {
  runInTrace({ contactId: 'busy' }, () => {
    for (let n = 0; n < 20; n += 1) step();
  });
}

/** Each ends the process with events that were recorded in the same turn. */
const DEATHS = {
  exit: () => {
    busy();
    process.exit(0);
  },
  uncaught: () =>
    setTimeout(() => {
      busy();
      throw new Error('nobody catches this');
    }),
  abort: () => {
    busy();
    process.abort();
  },
  signal: () => {
    busy();
    process.kill(process.pid, 'SIGKILL');
  },
  heap: () => {
    for (const hoard = []; ;)
      hoard.push(
        Array.from({ length: 10_000 }, () => ({ left: Math.random() })),
        busy(),
      );
  },
  hang: () => {
    for (;;) busy();
  },
  silent: () => {
    busy();
    for (;;);
  },
};

class FaultsController {
  async receive(response) {
    for (let n = 0; n < events / 2; n += 1) step();
    waitUntil(work());
    response.setHeader('x-recorded', count);
    return { ok: true };
  }
  offered() {
    return { offered };
  }
  die({ how }) {
    setImmediate(DEATHS[how]);
    return { how };
  }
  hog({ leave }) {
    try {
      for (;;) hogged.push(openSync('/dev/null', 'r'));
    } catch (error) {
      for (let n = 0; n < leave; n += 1) closeSync(hogged.pop());
      return { code: error.code };
    }
  }
  unhog() {
    for (const fd of hogged.splice(0)) closeSync(fd);
    return {};
  }
}

const { prototype } = FaultsController;
const route = (method, path, handler) => {
  method(path)(prototype, handler, Object.getOwnPropertyDescriptor(prototype, handler));
  HttpCode(200)(prototype, handler, Object.getOwnPropertyDescriptor(prototype, handler));
};
Controller()(FaultsController);
route(Post, 'webhook', 'receive');
route(Get, 'offered', 'offered');
Res({ passthrough: true })(prototype, 'receive', 0);
for (const handler of ['die', 'hog']) {
  route(Post, handler, handler);
  Body()(prototype, handler, 0);
}
route(Post, 'unhog', 'unhog');

class FaultsModule {}
Module({
  imports: [keepingIn(TraceModule.forRoot({ debug: { access: 'loopback' }, lifecycle: { quietMs: 20 } }), store)],
  controllers: [FaultsController],
})(FaultsModule);

const app = await NestFactory.create(FaultsModule, { logger: ['error'], forceCloseConnections: true });
if (hooks) app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
console.log(`http://127.0.0.1:${app.getHttpServer().address().port}`);
