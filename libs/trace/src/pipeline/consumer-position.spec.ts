import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalWriter } from '../journal/write/writer.js';
import { segmentPath } from '../journal/read/segment-path.js';
import type { RecordDraft } from '../model/record.js';
import { delay } from '../model/timers.js';
import { Checkpoints, type Checkpoint } from './checkpoints.js';
import { ConsumerHost } from './consumer-host.js';
import type { RecordBatch, RecordConsumer } from './record-consumer.js';

let dir: string;
const open: { close(): unknown }[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'positions-'));
});

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A database that stores numbers of events and the place behind them in one transaction. */
class Database {
  readonly seen: number[] = [];
  readonly at = new Map<string, Checkpoint>();
  /** Places after each transaction, with the number of events until then. */
  readonly history: { at: Checkpoint; seen: number }[] = [];
  asked = 0;
  /** What the next transactions do: fail before, or after they were stored. */
  readonly faults: ('before' | 'after')[] = [];

  store(writer: string, to: Checkpoint, numbers: number[]): void {
    const fault = this.faults.shift();
    if (fault === 'before') throw new Error('refused');
    this.seen.push(...numbers);
    this.at.set(writer, to);
    this.history.push({ at: to, seen: this.seen.length });
    if (fault === 'after') throw new Error('the answer was lost');
  }

  restore(n: number, writer: string): void {
    const { at, seen } = this.history[n]!;
    this.at.set(writer, at);
    this.seen.length = seen;
  }
}

/** Stores some batches at once, cut where `cut` says. */
function consumerOf(database: Database, { everyRecords = 50 } = {}): RecordConsumer & { batches: RecordBatch[] } {
  let pending: { writer: string; to: Checkpoint; numbers: number[] } | undefined;
  const batches: RecordBatch[] = [];
  const store = (): void => {
    const now = pending;
    pending = undefined;
    if (now) database.store(now.writer, now.to, now.numbers);
  };
  return {
    name: 'database',
    batches,
    position: async ({ id }) => {
      database.asked += 1;
      if (pending?.writer === id) pending = undefined;
      return database.at.get(id);
    },
    consume: (batch) => {
      batches.push(batch);
      if (pending && pending.writer !== batch.writer) store();
      const numbers = batch.records.flatMap((record) =>
        record.kind === 'event' ? [(record.data as { n: number }).n] : [],
      );
      pending = {
        writer: batch.writer,
        to: { segment: batch.segment, offset: batch.to },
        numbers: [...(pending?.numbers ?? []), ...numbers],
      };
      if (pending.numbers.length >= everyRecords) store();
    },
    flush: store,
  };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

function write(writer: JournalWriter, from: number, to: number): void {
  for (let n = from; n < to; n += 1) {
    const data = JSON.stringify({ n }) as never;
    writer.append({ kind: 'event', trace: '1-1', type: 'step', data, ts: 1_700_000_000_000_000 + n } as RecordDraft);
  }
}

function newWriter(maxSegmentBytes?: number): JournalWriter {
  const writer = new JournalWriter({ dir, maxSegmentBytes });
  open.push(writer);
  return writer;
}

function run(consumer: RecordConsumer, writer?: JournalWriter, reads?: 'all'): ConsumerHost {
  const host = new ConsumerHost({ dir, consumers: [consumer], writer, reads });
  open.push({ close: () => host.close(500) });
  return host;
}

async function until(check: () => boolean): Promise<void> {
  for (const end = Date.now() + 8_000; !check(); await delay(10)) if (Date.now() > end) throw new Error('too late');
}

const drained = (host: ConsumerHost) => until(() => host.states()[0]!.lag_bytes === 0);
const numbersOf = ({ records }: RecordBatch): number[] =>
  records.flatMap((record) => (record.kind === 'event' ? [(record.data as { n: number }).n] : []));

describe('a consumer that keeps its positions', () => {
  it('is asked once per writer, and the file follows what it has stored', async () => {
    const writer = newWriter();
    const database = new Database();
    const host = run(consumerOf(database), writer);
    write(writer, 0, 300);
    await drained(host);
    expect(database.seen).toEqual(range(0, 300));
    expect(database.asked).toBe(1);
    expect(new Checkpoints(dir, 'database').read(writer.writer.id)).toEqual(database.at.get(writer.writer.id));
  });

  it('begins where it is: ahead of the file, behind it, and in the middle of what was a batch', async () => {
    const writer = newWriter(4_000);
    write(writer, 0, 200);
    const first = new Database();
    const before = consumerOf(first);
    await drained(run(before, writer));
    const { id } = writer.writer;
    for (const [i, batch] of before.batches.entries()) {
      const line = batch.lines.at(Math.floor(batch.lines.length / 2))!;
      const cut = { segment: batch.segment, offset: line.offset + line.length };
      // The file is at the end, and at the beginning.
      for (const saved of [first.at.get(id)!, { segment: 0, offset: 0 }]) {
        new Checkpoints(dir, 'database').write(id, saved);
        const database = new Database();
        database.at.set(id, cut);
        const consumer = consumerOf(database);
        await drained(run(consumer, undefined, 'all'));
        const done = numbersOf(batch).indexOf(database.seen[0]!);
        const isLast = i === before.batches.length - 1 && numbersOf(batch).length === 0;
        if (!isLast && done !== -1) expect(consumer.batches[0]!.from).toBe(cut.offset);
        expect(database.seen).toEqual(range(database.seen[0] ?? 200, 200));
      }
    }
  });

  it('gets what it did not store again, and never what it has', async () => {
    const writer = newWriter(8_000);
    const database = new Database();
    database.faults.push('before', 'after', 'before', 'after', 'after');
    const host = run(consumerOf(database), writer);
    write(writer, 0, 400);
    await drained(host);
    expect(database.seen).toEqual(range(0, 400));
    expect(database.asked).toBe(6);
  });

  it('that has nothing of its own begins at the checkpoint of the directory', async () => {
    const writer = newWriter();
    write(writer, 0, 100);
    const first = new Database();
    await drained(run(consumerOf(first), writer));
    write(writer, 100, 120);
    const second = new Database();
    await drained(run(consumerOf(second), undefined, 'all'));
    expect(second.seen).toEqual(range(100, 120));
  });

  it('that was restored to an earlier state gets what came after it', async () => {
    const writer = newWriter(4_000);
    const database = new Database();
    const host = run(consumerOf(database), writer);
    write(writer, 0, 200);
    await drained(host);
    database.restore(1, writer.writer.id);
    database.faults.push('before');
    write(writer, 200, 210);
    await until(() => database.seen.at(-1) === 209);
    expect(database.seen).toEqual(range(0, 210));
    expect(host.states()[0]!.lost_bytes).toBeUndefined();
  });

  it('that was restored to before a segment that is gone goes on behind it, and the loss is counted', async () => {
    const writer = newWriter(4_000);
    const database = new Database();
    const host = run(consumerOf(database), writer);
    write(writer, 0, 200);
    await drained(host);
    const [first, next] = [database.history[0]!, database.history[1]!];
    for (const { at } of [first, next]) rmSync(segmentPath(dir, at.segment)!, { force: true });
    database.restore(0, writer.writer.id);
    database.faults.push('before');
    write(writer, 200, 210);
    await until(() => database.seen.at(-1) === 209);
    await drained(host);
    expect(database.seen.length).toBeLessThan(210);
    expect(new Set(database.seen).size).toBe(database.seen.length);
    expect(host.states()[0]!.lost_bytes).toBeGreaterThan(0);
  });

  it('with a place behind the end of a file gets nothing twice', async () => {
    const writer = newWriter();
    write(writer, 0, 10);
    const database = new Database();
    const { segment, offset } = writer.position()!;
    database.at.set(writer.writer.id, { segment, offset: offset + 100 });
    const host = run(consumerOf(database), writer);
    await drained(host);
    expect(database.seen).toEqual([]);
  });

  it('is tried again while the application is closed, some times', async () => {
    const writer = newWriter();
    const database = new Database();
    const host = run(consumerOf(database), writer);
    write(writer, 0, 10);
    await drained(host);
    write(writer, 10, 20);
    writer.close();
    database.faults.push('after', 'before');
    await host.close(5_000);
    expect(database.seen).toEqual(range(0, 20));
    const again = run(consumerOf(database), undefined, 'all');
    await drained(again);
    expect(database.seen).toEqual(range(0, 20));
  });
});

describe('a host that reads all', () => {
  it('reads the segments of processes that live, as they grow', async () => {
    const [one, two] = [newWriter(4_000), newWriter(4_000)];
    const database = new Database();
    const host = run(consumerOf(database), undefined, 'all');
    write(one, 0, 100);
    write(two, 100, 200);
    await until(() => database.seen.length === 200);
    write(one, 200, 210);
    await until(() => database.seen.length === 210);
    await drained(host);
    expect(database.seen.toSorted((a, b) => a - b)).toEqual(range(0, 210));
    expect(database.at.size).toBe(2);
    expect(readdirSync(join(dir, 'journal')).length).toBeGreaterThan(4);
  });
});
