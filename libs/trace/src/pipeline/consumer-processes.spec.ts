import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { SegmentReader } from '../journal/read/reader.js';
import { listSegments } from '../journal/read/segments.js';

/** The folders that a process needs, compiled from the current source. */
const source = join(import.meta.dirname, '..');
const built = mkdtempSync(join(tmpdir(), 'pipeline-built-'));
let dir: string;

beforeAll(() => {
  for (const room of ['model', 'journal', 'pipeline']) {
    for (const name of readdirSync(join(source, room), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
      const { code } = transformSync(readFileSync(join(source, room, name), 'utf8'), {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
      });
      const file = join(built, room, name.replace(/ts$/, 'js'));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, code);
    }
  }
  writeFileSync(join(built, 'package.json'), '{"type":"module"}');
  writeFileSync(join(built, 'program.js'), PROGRAM);
});

afterAll(() => rmSync(built, { recursive: true, force: true }));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'consumers-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/**
 * Writes `count` numbered events at about 1,000 a second, and has a consumer that appends the numbers to `out`. `killAt`:
 * the consumer kills the process with this batch, after half of the batch is in `out`. `end`: `close` closes the host,
 * `exit` only stops writing, `drain` waits until nothing is left in the directory.
 */
const PROGRAM = `
import { appendFileSync } from 'node:fs';
import { JournalWriter } from './journal/write/writer.js';
import { ConsumerHost } from './pipeline/consumer-host.js';

const { dir, out, first, count, killAt, end } = JSON.parse(process.argv[2]);
const writer = new JournalWriter({ dir, maxSegmentBytes: 20_000 });
let batches = 0;
const consumer = {
  name: 'numbers',
  consume({ records }) {
    const numbers = records.filter(({ kind }) => kind === 'event').map(({ data }) => data.n + '\\n');
    batches += 1;
    if (batches === killAt) {
      appendFileSync(out, numbers.slice(0, numbers.length / 2).join(''));
      process.kill(process.pid, 'SIGKILL');
    }
    appendFileSync(out, numbers.join(''));
  },
};
const host = new ConsumerHost({ dir, consumers: [consumer], writer });
for (let n = first; n < first + count; n += 1) {
  writer.append({ kind: 'event', trace: '1-1', type: 'step', data: JSON.stringify({ n }), ts: 1_700_000_000_000_000 + n });
  if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
if (end === 'drain') {
  while (host.states()[0].lag_bytes > 0) await new Promise((resolve) => setTimeout(resolve, 50));
}
if (end !== 'exit') {
  writer.close();
  await host.close();
}
`;

interface Program {
  first: number;
  count: number;
  killAt?: number;
  end?: 'close' | 'exit' | 'drain';
}

/** Runs the program. Resolves with its signal or exit code. */
function run(program: Program): Promise<string | number | null> {
  const given = JSON.stringify({ dir, out: join(dir, 'out'), end: 'close', ...program });
  const child = spawn(process.execPath, [join(built, 'program.js'), given], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
}

function consumed(): number[] {
  return readFileSync(join(dir, 'out'), 'utf8').split('\n').filter(Boolean).map(Number);
}

/** Numbers of all events in the journal. */
function recorded(): number[] {
  return listSegments(dir).flatMap(({ path }) => {
    const reader = new SegmentReader(path);
    const found: number[] = [];
    for (let located = reader.next(); located; located = reader.next()) {
      if (located.record.kind === 'event') found.push((located.record.data as { n: number }).n);
    }
    reader.close();
    return found;
  });
}

it('delivers every record at least once, when the process is killed between consume and checkpoint', async () => {
  for (let round = 0; round < 5; round += 1) {
    expect(await run({ first: round * 1_000, count: 1_000, killAt: round + 1 })).toBe('SIGKILL');
  }
  expect(await run({ first: 5_000, count: 10, end: 'drain' })).toBe(0);
  const out = consumed();
  expect(recorded().length).toBeGreaterThan(50);
  expect(recorded().filter((n) => !out.includes(n))).toEqual([]);
  // Each kill was in the middle of a batch, which was delivered again.
  expect(out.length).toBeGreaterThan(recorded().length);
  expect(readdirSync(join(dir, 'consumers', 'numbers'))).not.toContain('orphans.lock');
});

it('shares one directory among four processes: each record of a process that ends well is delivered once', async () => {
  const ends = await Promise.all([
    run({ first: 0, count: 600 }),
    run({ first: 10_000, count: 600 }),
    run({ first: 20_000, count: 600, killAt: 3 }),
    run({ first: 30_000, count: 1_500, end: 'drain' }),
  ]);
  expect(ends).toEqual([0, 0, 'SIGKILL', 0]);
  const out = consumed();
  expect(recorded().filter((n) => !out.includes(n))).toEqual([]);
  const ofOthers = out.filter((n) => n < 20_000 || n >= 30_000);
  expect(ofOthers.length).toBe(new Set(ofOthers).size);
});

it('never keeps the process alive, and the next process delivers the rest', async () => {
  const before = performance.now();
  expect(await run({ first: 0, count: 0 })).toBe(0);
  expect(await run({ first: 0, count: 40, end: 'exit' })).toBe(0);
  expect(performance.now() - before).toBeLessThan(4_000);
  expect(await run({ first: 100, count: 1, end: 'drain' })).toBe(0);
  expect(consumed().sort((a, b) => a - b)).toEqual([...Array.from({ length: 40 }, (_, n) => n), 100]);
});
