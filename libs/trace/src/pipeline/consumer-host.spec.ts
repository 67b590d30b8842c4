import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordEncoder, sealLine } from '../journal/codec/codec.js';
import { segmentFile } from '../journal/codec/format.js';
import { overwriteLines } from '../journal/write/overwrite.js';
import { JournalWriter } from '../journal/write/writer.js';
import type { JournalRecord, JsonText, RecordDraft } from '../model/record.js';
import { delay } from '../model/timers.js';
import { Checkpoints } from './checkpoints.js';
import { ConsumerHost } from './consumer-host.js';
import type { RecordBatch, RecordConsumer } from './record-consumer.js';

let dir: string;
const open: { close(): unknown }[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'consumers-'));
});

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  rmSync(dir, { recursive: true, force: true });
});

const event = (n: number): RecordDraft => ({
  kind: 'event',
  trace: '1-1',
  type: 'step',
  data: JSON.stringify({ n }) as JsonText,
  ts: 1_700_000_000_000_000 + n,
});

function newWriter(maxSegmentBytes?: number): JournalWriter {
  const writer = new JournalWriter({ dir, maxSegmentBytes });
  open.push(writer);
  return writer;
}

function host(writer: JournalWriter | undefined, ...consumers: RecordConsumer[]): ConsumerHost {
  const made = new ConsumerHost({ dir, consumers, writer });
  open.push({ close: () => made.close(500) });
  return made;
}

function write(writer: JournalWriter, from: number, to: number): void {
  for (let n = from; n < to; n += 1) writer.append(event(n));
}

const numbers = (records: readonly JournalRecord[]): number[] =>
  records.flatMap((record) => (record.kind === 'event' ? [(record.data as { n: number }).n] : []));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

async function until(check: () => boolean, ms = 8_000): Promise<void> {
  for (const end = Date.now() + ms; !check(); await delay(10)) if (Date.now() > end) throw new Error('too late');
}

/** Collects the numbers of events. */
function collector(more: Partial<RecordConsumer> = {}) {
  const seen: number[] = [];
  const batches: RecordBatch[] = [];
  const consumer: RecordConsumer = {
    name: 'collector',
    consume: (batch) => {
      batches.push(batch);
      seen.push(...numbers(batch.records));
    },
    ...more,
  };
  return { consumer, seen, batches };
}

describe('delivery', () => {
  it('passes every record of the process, in order and over several segments', async () => {
    const writer = newWriter(2_000);
    const { consumer, seen, batches } = collector();
    const running = host(writer, consumer);
    write(writer, 0, 60);
    await until(() => seen.length === 60);
    write(writer, 60, 100);
    await until(() => seen.length === 100);
    expect(seen).toEqual(range(0, 100));
    expect(new Set(batches.map(({ segment }) => segment)).size).toBeGreaterThan(3);
    expect(new Set(batches.map((batch) => batch.writer)).size).toBe(1);
    await until(() => running.states()[0]!.lag_bytes === 0);
    expect(running.states()).toEqual([{ name: 'collector', lag_bytes: 0 }]);
  });

  it('begins before the first record', async () => {
    const writer = newWriter();
    const { consumer, seen } = collector();
    const running = host(writer, consumer);
    running.states();
    await delay(150);
    expect(existsSync(join(dir, 'journal'))).toBe(false);
    write(writer, 0, 3);
    await until(() => seen.length === 3, 1_000);
  });

  it('passes the bytes of the lines as in the file, and the position of each record', async () => {
    const writer = newWriter();
    const { consumer, seen, batches } = collector();
    host(writer, consumer);
    write(writer, 0, 300);
    await until(() => seen.length === 300);
    const file = readFileSync(join(dir, 'journal', segmentFile(writer.position()!.segment)));
    expect(Buffer.concat(batches.map((batch) => batch.read()))).toEqual(file.subarray(0, batches.at(-1)!.to));
    for (const batch of batches) {
      batch.lines.forEach((line, i) => {
        expect(JSON.parse(batch.read(line).toString())).toMatchObject(batch.records[i]!);
      });
    }
  });

  it('skips the kinds of records that the consumer does not take', async () => {
    const writer = newWriter(2_000);
    const { consumer, batches } = collector({ kinds: ['end'] });
    const running = host(writer, consumer);
    write(writer, 0, 60);
    for (const n of [1, 2]) writer.append({ kind: 'end', trace: `1-${n}`, status: 'completed', ts: n });
    write(writer, 60, 90);
    await until(() => running.states()[0]!.lag_bytes === 0);
    const records = batches.flatMap((batch) => batch.records);
    expect(records.filter(({ kind }) => kind !== 'segment')).toMatchObject([
      { kind: 'end', trace: '1-1' },
      { kind: 'end', trace: '1-2' },
    ]);
    expect(records.length).toBeGreaterThan(3);
  });

  it('omits payloads where the consumer wants none', async () => {
    const writer = newWriter();
    const { consumer, batches } = collector({ payloads: false });
    host(writer, consumer);
    write(writer, 0, 3);
    await until(() => batches.some(({ records }) => records.some(({ kind }) => kind === 'event')));
    for (const record of batches.flatMap(({ records }) => records)) expect(record).not.toHaveProperty('data');
    expect(batches[0]!.read().toString()).toContain('"data":{"n":0}');
  });

  it('skips erased records, and counts damaged ones', async () => {
    const writer = newWriter();
    write(writer, 0, 3);
    const { segment, offset } = writer.position()!;
    const path = join(dir, 'journal', segmentFile(segment));
    const lines = readFileSync(path, 'utf8').split('\n');
    const at = lines[0]!.length + 1;
    overwriteLines(path, [{ offset: at, length: lines[1]!.length + 1 }]);
    appendFileSync(path, '{"crc":"00000000","not":"ours"}\n');
    expect(statSync(path).size).toBeGreaterThan(offset);
    const { consumer, seen, batches } = collector();
    host(writer, consumer);
    await until(() => seen.length === 2);
    expect(seen).toEqual([1, 2]);
    await until(() => batches.reduce((sum, { corrupt }) => sum + corrupt, 0) === 1);
  });

  it('reads a segment again that another program truncated, and continues', async () => {
    const writer = newWriter();
    const { consumer, seen } = collector();
    host(writer, consumer);
    write(writer, 0, 5);
    await until(() => seen.length === 5);
    truncateSync(join(dir, 'journal', segmentFile(writer.position()!.segment)), 0);
    await delay(20);
    write(writer, 5, 10);
    await until(() => seen.includes(9));
    expect([...new Set(seen)]).toEqual(range(0, 10));
  });
});

describe('records of a dead process', () => {
  /** A segment of format 1 whose process is dead; its events have the numbers `from` to `to`. */
  function leave(number: number, from: number, to: number, { format = 1, torn = '' } = {}): string {
    const encoder = new RecordEncoder();
    const boot = `${number}-dead-1-0-1`;
    const fields = { kind: 'segment', format, boot, pid: 1, host: hostname(), version: '1' };
    const header = Buffer.from(`${JSON.stringify({ crc: '00000000', seq: 1, ts: 1, ...fields })}\n`);
    sealLine(header);
    const events = range(from, to).map(event);
    const lines = events.map((draft, i) => Buffer.from(encoder.buffer.subarray(0, encoder.encode(draft, i + 2))));
    const path = join(dir, 'journal', segmentFile(number));
    mkdirSync(join(dir, 'journal'), { recursive: true });
    writeFileSync(path, Buffer.concat([header, ...lines, Buffer.from(torn)]));
    // A process of another host by its identity, and silent for two minutes.
    utimesSync(path, Date.now() / 1000 - 120, Date.now() / 1000 - 120);
    return path;
  }

  it('are delivered, up to a torn line, and the checkpoint then has nothing unread', async () => {
    const path = leave(1, 0, 300, { torn: '{"crc":"0000' });
    const writer = newWriter();
    const { consumer, seen } = collector();
    const running = host(writer, consumer);
    write(writer, 1_000, 1_005);
    await until(() => seen.length === 305);
    expect([...seen].sort((a, b) => a - b)).toEqual([...range(0, 300), ...range(1_000, 1_005)]);
    await until(() => running.states()[0]!.lag_bytes === 0);
    const saved = new Checkpoints(dir, 'collector');
    await until(() => saved.read('1-dead-1-0-1')?.offset === statSync(path).size);
  });

  it('are skipped where retention deleted them, and reported where they cannot be read', async () => {
    rmSync(leave(1, 0, 10));
    leave(2, 10, 20, { format: 99 });
    leave(3, 20, 30);
    const writer = newWriter();
    const { consumer, seen } = collector();
    const running = host(writer, consumer);
    write(writer, 1_000, 1_005);
    await until(() => seen.length === 15);
    expect([...seen].sort((a, b) => a - b)).toEqual([...range(20, 30), ...range(1_000, 1_005)]);
    expect(running.states()[0]!.failing).toMatch(/has format 99/);
    expect(running.problems()).toEqual([
      expect.stringMatching(/^Consumer collector makes no progress: Segment .*format 99/),
    ]);
  });

  it('are not for a consumer that is not durable', async () => {
    leave(1, 0, 10);
    const writer = newWriter();
    const { consumer, seen } = collector({ durable: false });
    const running = host(writer, consumer);
    write(writer, 1_000, 1_005);
    await until(() => seen.length === 5);
    await delay(100);
    expect(seen).toEqual(range(1_000, 1_005));
    expect(running.states()).toEqual([{ name: 'collector', lag_bytes: 0 }]);
  });
});

describe('a consumer that fails', () => {
  it('receives the same batch again, after growing delays, while other consumers continue', async () => {
    const writer = newWriter();
    const given: RecordBatch[] = [];
    const at: number[] = [];
    const failing: RecordConsumer = {
      name: 'failing',
      consume: (batch) => {
        given.push(batch);
        at.push(performance.now());
        if (given.length < 4) throw new Error('no route to host');
      },
    };
    const { consumer, seen } = collector();
    const running = host(writer, failing, consumer);
    write(writer, 0, 10);
    await until(() => seen.length === 10);
    expect(given.length).toBeLessThan(4);
    expect(running.states()[0]).toMatchObject({ name: 'failing', failing: 'no route to host' });
    expect(running.states()[0]!.lag_bytes).toBeGreaterThan(0);
    await until(() => given.length === 4);
    expect(new Set(given).size).toBe(1);
    const waits = at.slice(1).map((time, i) => time - at[i]!);
    expect(waits[0]).toBeGreaterThanOrEqual(70);
    expect(waits[2]).toBeGreaterThanOrEqual(290);
    await until(() => running.states()[0]!.lag_bytes === 0);
    expect(running.states()[0]).not.toHaveProperty('failing');
  });

  it.each([
    [
      'throws',
      (): void => {
        throw new Error('bad');
      },
    ],
    ['rejects', (): Promise<void> => Promise.reject(new Error('bad'))],
    [
      'throws a value that is no error',
      (): void => {
        throw Object.create(null);
      },
    ],
    ['rejects with nothing', (): Promise<void> => Promise.reject()],
    ['never returns', (): Promise<void> => new Promise(() => undefined)],
  ])('%s: neither the host nor other consumers are affected', async (_what, consume) => {
    const unhandled = jestFn();
    process.on('unhandledRejection', unhandled.call);
    const writer = newWriter();
    const { consumer, seen } = collector();
    const running = new ConsumerHost({
      dir,
      consumers: [{ name: 'bad', consume }, consumer],
      writer,
      warn: () => {
        throw new Error('the logger is broken');
      },
    });
    write(writer, 0, 10);
    await until(() => seen.length === 10);
    writer.close();
    const before = performance.now();
    await running.close(300);
    expect(performance.now() - before).toBeLessThan(2_000);
    process.off('unhandledRejection', unhandled.call);
    expect(unhandled.calls).toBe(0);
  });

  it('receives another flush after a failed one, before it gets more', async () => {
    const writer = newWriter();
    const calls: string[] = [];
    let flushes = 0;
    host(writer, {
      name: 'buffered',
      consume: () => void calls.push('consume'),
      flush: async () => {
        flushes += 1;
        if (flushes === 1) throw new Error('disk full');
        calls.push('flush');
      },
    });
    write(writer, 0, 1);
    await until(() => flushes === 1);
    write(writer, 1, 2);
    await until(() => calls.length === 4);
    expect(calls).toEqual(['consume', 'flush', 'consume', 'flush']);
  });
});

describe('a checkpoint', () => {
  it('lets a later process begin where an earlier one stopped', async () => {
    const writer = newWriter();
    const first = collector();
    const running = host(writer, first.consumer);
    write(writer, 0, 10);
    writer.close();
    await running.close();
    expect(first.seen).toEqual(range(0, 10));
    const folder = join(dir, 'consumers', 'collector');
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^[\w-]+\.json$/), 'settings.json']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is not written before flush, nor for a consumer that is not durable', async () => {
    const writer = newWriter();
    const order: string[] = [];
    let liveFlushes = 0;
    const folder = join(dir, 'consumers', 'collector');
    const isSaved = (): boolean => existsSync(folder) && readdirSync(folder).length > 1;
    const running = host(
      writer,
      {
        name: 'collector',
        consume: () => void order.push(`consume ${isSaved()}`),
        flush: () => void order.push(`flush ${isSaved()}`),
      },
      { name: 'live', durable: false, consume: () => undefined, flush: () => void (liveFlushes += 1) },
    );
    write(writer, 0, 3);
    await until(() => isSaved());
    expect(order).toEqual(['consume false', 'flush false']);
    await running.close();
    expect(readdirSync(join(dir, 'consumers'))).toEqual(['collector']);
    expect(liveFlushes).toBeGreaterThan(0);
  });
});

describe('at the end', () => {
  it('delivers the last records, flushes and closes, in this order', async () => {
    const writer = newWriter();
    const calls: string[] = [];
    const running = host(writer, {
      name: 'slow',
      consume: async ({ records }) => {
        await delay(5);
        calls.push(...records.map(({ kind }) => kind));
      },
      flush: () => void calls.push('flush'),
      close: () => void calls.push('close'),
    });
    write(writer, 0, 500);
    writer.close();
    await running.close();
    expect(calls.filter((call) => call === 'event')).toHaveLength(500);
    expect(calls.slice(-3)).toEqual(['seal', 'flush', 'close']);
    expect(calls.filter((call) => call === 'close')).toHaveLength(1);
  });

  it('takes no longer than its limit', async () => {
    const writer = newWriter();
    let closed = false;
    const running = host(writer, {
      name: 'slow',
      consume: () => delay(200),
      close: () => void (closed = true),
    });
    write(writer, 0, 2_000);
    writer.close();
    const before = performance.now();
    await running.close(300);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(closed).toBe(false);
  });
});

it('a consumer that appends to a file needs one function', async () => {
  const writer = newWriter();
  const path = join(dir, 'records.ndjson');
  const running = host(writer, { name: 'file', consume: (batch) => appendFile(path, batch.read()) });
  write(writer, 0, 200);
  const segment = join(dir, 'journal', segmentFile(writer.position()!.segment));
  writer.close();
  await running.close();
  expect(readFileSync(path, 'utf8')).toBe(readFileSync(segment, 'utf8'));
});

function jestFn() {
  const counter = { calls: 0, call: () => void (counter.calls += 1) };
  return counter;
}
