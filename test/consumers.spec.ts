import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Post } from '@nestjs/common';
import { type RecordBatch, type RecordConsumer, TraceModule, traceEvent } from 'nestjs-trace-collector';
import { ADAPTERS, startApp } from './support/nest-app.js';

@Controller()
class Hooks {
  @Post('webhook')
  answer(): string {
    traceEvent('step', { secret: 'no', n: 1 });
    return 'ok';
  }
}

describe.each(ADAPTERS)('on %s', (adapter) => {
  it('a consumer receives the records of a webhook, health shows it, and the end delivers the rest', async () => {
    const batches: RecordBatch[] = [];
    const calls: string[] = [];
    const consumer: RecordConsumer = {
      name: 'mine',
      consume: (batch) => void batches.push(batch),
      flush: () => void calls.push('flush'),
      close: () => void calls.push('close'),
    };
    const app = await startApp({ adapter, controllers: [Hooks], options: { consumers: [consumer] } });
    const kinds = (): string[] => batches.flatMap(({ records }) => records.map(({ kind }) => kind));
    try {
      await app.post('/webhook', { contactId: 'ada', message: 'hello' });
      const end = Date.now() + 5_000;
      while (!kinds().includes('response') && Date.now() < end) await new Promise((next) => setTimeout(next, 20));
      expect(kinds()).toEqual(expect.arrayContaining(['segment', 'open', 'identify', 'event', 'response']));
      expect((await app.debug('/health')).consumers).toEqual([{ name: 'mine', lag_bytes: expect.any(Number) }]);
      await app.post('/webhook', { contactId: 'bob', message: 'last words' });
    } finally {
      await app.app.close();
    }
    expect(JSON.stringify(batches.map(({ records }) => records))).toContain('last words');
    expect(kinds().at(-1)).toBe('seal');
    expect(calls.slice(-2)).toEqual(['flush', 'close']);
  });
});

it('health names a consumer that fails, and the application and its traces are unaffected', async () => {
  const bad: RecordConsumer = {
    name: 'bad',
    consume: () => {
      throw new Error('no route to host');
    },
  };
  const app = await startApp({ controllers: [Hooks], options: { consumers: [bad] } });
  try {
    expect((await app.post('/webhook', { contactId: 'ada', message: 'hello' })).status).toBe(201);
    expect((await app.ended('ada')).contact_id).toBe('ada');
    const end = Date.now() + 5_000;
    let health = await app.debug('/health');
    while (!health.consumers[0].failing && Date.now() < end) health = await app.debug('/health');
    expect(health).toMatchObject({ status: 'degraded', consumers: [{ name: 'bad', failing: 'no route to host' }] });
    expect(health.reasons).toEqual([
      expect.stringMatching(/^Consumer bad makes no progress: no route to host\. \d+ bytes wait\.$/),
    ]);
  } finally {
    await app.close();
  }
});

it('the example of the documentation: a consumer that appends to a file', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'trace-consumers-'));
  const path = join(dir, 'records.ndjson');
  const toFile: RecordConsumer = { name: 'file', consume: (batch) => appendFile(path, batch.read()) };
  const app = await startApp({ controllers: [Hooks], dir, options: { consumers: [toFile] } });
  await app.post('/webhook', { contactId: 'ada', message: 'hello' });
  await app.close();
  const [segment] = readdirSync(join(dir, 'journal'));
  expect(readFileSync(path, 'utf8')).toBe(readFileSync(join(dir, 'journal', segment!), 'utf8'));
  rmSync(dir, { recursive: true, force: true });
});

it('health has no consumers where the application has none', async () => {
  const app = await startApp({ controllers: [Hooks] });
  expect(await app.debug('/health')).not.toHaveProperty('consumers');
  await app.close();
});

describe('a bad option fails the start', () => {
  const consume = (): void => undefined;
  it.each([
    [[{ name: 'x' }], '`consumers[0]`'],
    [[{ name: 'Upper', consume }], '`consumers[0].name`'],
    [[{ name: '../x', consume }], '`consumers[0].name`'],
    [
      [
        { name: 'a', consume },
        { name: 'a', consume },
      ],
      "`consumers[1].name` is 'a'; allowed: a name that no other",
    ],
    [[{ name: 'a', consume, maxLagBytes: -1 }], '`consumers[0].maxLagBytes`'],
    [[{ name: 'a', consume, durable: 'no' }], '`consumers[0].durable`'],
    ['x', '`consumers`'],
  ])('%j', async (consumers, text) => {
    const options = { consumers } as unknown as Parameters<typeof TraceModule.forRoot>[0];
    await expect(startApp({ controllers: [Hooks], options })).rejects.toThrow(text);
  });
});
