import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Post } from '@nestjs/common';
import { traceEvent } from 'nestjs-trace-collector';
import { fileConsumer } from '../src/example/file-consumer.js';
import { startApp } from './support/nest-app.js';

@Controller()
class Hooks {
  @Post('webhook')
  answer(): string {
    traceEvent('step', { n: 1 });
    return 'ok';
  }
}

it('the file has every line of the journal, over a restart of the application', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'trace-file-'));
  const path = join(dir, 'records.ndjson');
  for (const contactId of ['ada', 'bob']) {
    const app = await startApp({ dir, controllers: [Hooks], options: { consumers: [fileConsumer(path)] } });
    for (let n = 0; n < 20; n++) await app.post('/webhook', { contactId, message: `message ${n}` });
    await app.app.close();
  }
  const journal = join(dir, 'journal');
  const segments = readdirSync(journal).filter((name) => name.endsWith('.ndjson'));
  const lines = segments.map((name) => readFileSync(join(journal, name), 'utf8')).join('');
  expect(segments.length).toBeGreaterThan(1);
  expect(lines.split('\n').length).toBeGreaterThan(100);
  expect(readFileSync(path, 'utf8').split('\n').sort()).toEqual(lines.split('\n').sort());
  rmSync(dir, { recursive: true, force: true });
});
