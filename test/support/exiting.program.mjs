/** An application that exits while its traces are queried: `exiting.program.mjs <traces' directory> <ms>`. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { runInTrace, traceEvent, TraceModule, TraceService } from 'nestjs-trace-collector';

const [dir, ms] = process.argv.slice(2);
class AppModule {}
Module({ imports: [TraceModule.forRoot({ storage: { dir } })] })(AppModule);
const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
for (let n = 0; n < 300; n += 1) {
  runInTrace({ contactId: `contact-${n}`, type: 'test' }, () => traceEvent('step', { n }));
}
const traces = app.get(TraceService);
await traces.traces({ limit: 1 });
const ask = () => traces.traces({ limit: 200 }).then(ask, ask);
for (let i = 0; i < 8; i += 1) void ask();
setTimeout(() => process.exit(0), Number(ms));
