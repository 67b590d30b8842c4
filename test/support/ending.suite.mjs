/** A suite that records a trace and reads it, and neither closes its application nor calls `exit`. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { runInTrace, TraceModule, TraceService, traceEvent } from 'nestjs-trace-collector';

it('records a trace', async () => {
  class AppModule {}
  Module({ imports: [TraceModule.forRoot({ storage: { dir: process.env.TRACES } })] })(AppModule);
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  await module.createNestApplication().init();
  runInTrace({ contactId: 'contact', type: 'test' }, () => traceEvent('last-step'));
  expect(await module.get(TraceService).traces()).toMatchObject({ count: 1 });
  // Waits until the index has read all records.
  await pause(1_100);
});
