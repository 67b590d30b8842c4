/** Applications in which two builds of the package meet: `two-copies.program.mjs <directory>`. Prints the records. */
import { createRequire } from 'node:module';
import 'reflect-metadata';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as esm from 'nestjs-trace-collector';

const [dir] = process.argv.slice(2);
const cjs = createRequire(import.meta.url)('nestjs-trace-collector');

/** A controller whose decorators and calls are those of one build. */
function hooks(copy) {
  class Hooks {
    async take() {
      await new Promise(setImmediate);
      copy.traceEvent('step', { found: copy.currentTrace() !== undefined });
      return this.reply();
    }
    reply() {
      return 1;
    }
    secret() {
      return 2;
    }
  }
  const on = (name, ...decorators) => {
    const descriptor = Object.getOwnPropertyDescriptor(Hooks.prototype, name);
    for (const decorate of decorators) decorate(Hooks.prototype, name, descriptor);
    Object.defineProperty(Hooks.prototype, name, descriptor);
  };
  on('take', Post());
  on('reply', copy.Traced({ kind: 'agent', name: 'sofia' }));
  on('secret', copy.NoTrace(), Post('secret'));
  Controller('webhook')(Hooks);
  return Hooks;
}

async function recorded(name, modules, copy) {
  class App {}
  const options = { storage: { dir: `${dir}/${name}` }, debug: { access: 'loopback' }, lifecycle: { quietMs: 50 } };
  Module({ imports: modules.map(({ TraceModule }) => TraceModule.forRoot(options)), controllers: [hooks(copy)] })(App);
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  const headers = { 'content-type': 'application/json' };
  const post = (path) => fetch(`${url}${path}`, { method: 'POST', headers, body: '{"contactId":"ana"}' });
  const posted = await post('/webhook');
  await post('/webhook/secret');
  const trace = await (await fetch(`${url}/debug/trace/${posted.headers.get('x-trace-id')}`)).json();
  const list = await (await fetch(`${url}/debug/traces`)).json();
  await app.close();
  const steps = trace.events.map((event) => event.name ?? event.type);
  return {
    traces: list.count,
    step: trace.events.find(({ type }) => type === 'step')?.data,
    agent: steps.includes('sofia'),
  };
}

console.log(
  JSON.stringify({
    different: esm.TraceModule !== cjs.TraceModule,
    'ESM module, CommonJS calls': await recorded('one', [esm], cjs),
    'CommonJS module, ESM calls': await recorded('two', [cjs], esm),
    'both modules, CommonJS calls': await recorded('three', [esm, cjs], cjs),
    'both modules, ESM calls': await recorded('four', [cjs, esm], esm),
  }),
);
