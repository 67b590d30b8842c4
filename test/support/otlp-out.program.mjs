/**
 * An application that sends its traces: `otlp-out.program.mjs <traces' directory> <receiver>`. For each number that comes on
 * stdin it makes as many traces of three spans, and prints the W3C trace id of each; `health` prints what health says about the
 * sending; `close` ends it in good order.
 */
import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { currentTrace, runInTrace, Traced, TraceModule, TraceService } from 'nestjs-trace-collector';

const [dir, url] = process.argv.slice(2);
class AppModule {}
const otlp = { url, resource: { 'service.name': 'spec' } };
Module({ imports: [TraceModule.forRoot({ storage: { dir }, otlp, lifecycle: { quietMs: 50 } })] })(AppModule);
const app = await NestFactory.createApplicationContext(AppModule, { logger: false });

class Work {
  outer() {
    return this.inner();
  }
  inner() {
    return 'done';
  }
}
for (const name of ['outer', 'inner']) {
  const property = Object.getOwnPropertyDescriptor(Work.prototype, name);
  Object.defineProperty(Work.prototype, name, Traced()(Work.prototype, name, property) ?? property);
}

let number = 0;
createInterface({ input: process.stdin }).on('line', async (line) => {
  if (line === 'health') return console.log(JSON.stringify((await app.get(TraceService).health()).otlp));
  if (line === 'close') return void app.close().then(() => process.exit(0));
  for (let left = Number(line); left > 0; left -= 1) {
    runInTrace({ contactId: `contact-${(number += 1)}`, message: 'hola' }, () => {
      const { traceparent } = currentTrace();
      new Work().outer();
      // Now its spans are on the disk: the spec may end the process.
      console.log(traceparent.slice(3, 35));
    });
  }
});
console.log('ready');
