import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SegmentReader } from '../journal/read/reader.js';
import { listSegments } from '../journal/read/segments.js';
import type { EndFields, TraceRecord } from '../model/record.js';
import { openStore, type OpenStore } from '../../../../test/support/open-store.js';

let dir: string;
const stores: OpenStore[] = [];

beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'notices-'))));
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  rmSync(dir, { recursive: true, force: true });
});

function open(): OpenStore {
  const store = openStore({ dir });
  stores.push(store);
  return store;
}

/** Begins a trace and returns its key. */
function begin({ sink }: OpenStore, n: number, ts = 1_000_000 * n): string {
  const trace = `${sink.writer.number}-${n}`;
  sink.append({ kind: 'open', trace, id: `id-${trace}`, traceparent: '', ts });
  sink.append({ kind: 'identify', trace, id: `id-${trace}`, contact: 'ana', ts });
  sink.append({ kind: 'event', trace, type: 'step', ts: ts + 5 });
  return trace;
}

function ends(): (TraceRecord & EndFields)[] {
  const found: (TraceRecord & EndFields)[] = [];
  for (const { path } of listSegments(dir)) {
    const reader = new SegmentReader(path);
    for (let next = reader.next(); next; next = reader.next()) {
      if (next.record.kind === 'end') found.push(next.record);
    }
    reader.close();
  }
  return found;
}

/** A process that ended with an open trace: closed without its end. */
async function died(n = 1): Promise<string> {
  const store = open();
  const trace = begin(store, n);
  await store.close();
  return trace;
}

test('a trace whose process died gets its end in the journal, right after its last record', async () => {
  const trace = await died();
  const next = open();
  await next.stats.counts();
  expect(ends()).toEqual([expect.objectContaining({ trace, status: 'interrupted', by: 2, ts: 1_000_006 })]);
  const { head } = (await next.get(`id-${trace}`))!;
  expect(head).toMatchObject({ status: 'interrupted', lastAt: 1_000_005, endedAt: 1_000_006 });
});

test('readers of the feed receive that end once, after all records of the trace', async () => {
  const trace = await died();
  const next = open();
  await next.stats.counts();
  const { records } = await next.feed.readAfter(undefined, { limit: 100 });
  const kinds = records.filter(({ record }) => 'trace' in record && record.trace === trace);
  expect(kinds.map(({ record }) => record.kind)).toEqual(['open', 'identify', 'event', 'end']);
});

test('no later start and no rebuilt index adds another', async () => {
  await died();
  for (let start = 0; start < 3; start += 1) {
    const next = open();
    await next.stats.counts();
    await next.close();
    if (start === 1) rmSync(join(dir, 'catalog.db'));
  }
  expect(ends()).toHaveLength(1);
});

test('a trace whose end could not be written gets it from the next process', async () => {
  await died();
  const blind = open();
  const { append } = blind.sink;
  Object.assign(blind.sink, { append: () => false });
  await blind.stats.counts();
  Object.assign(blind.sink, { append });
  await blind.close();
  expect(ends()).toEqual([]);
  const next = open();
  await next.stats.counts();
  expect(ends()).toHaveLength(1);
});

test('the end follows the trace even when the process that writes it started first', async () => {
  const finder = open();
  const own = begin(finder, 1);
  const other = await died(2);
  await finder.stats.counts();
  const all = await finder.feed.readAfter(undefined, { limit: 100 });
  const last = all.records.findLast(({ record }) => 'trace' in record);
  expect(last?.record).toMatchObject({ kind: 'end', trace: other });
  expect((await finder.get(`id-${own}`))?.head.status).toBe('active');

  await finder.close();
  rmSync(join(dir, 'catalog.db'));
  const next = open();
  expect((await next.get(`id-${other}`))?.head.status).toBe('interrupted');
  expect(ends().filter(({ trace }) => trace === other)).toHaveLength(1);
});

test('an end for a process that was only unreachable is overruled by its later records', async () => {
  const store = open();
  const trace = begin(store, 1);
  const finder = open();
  finder.sink.append({ kind: 'end', trace, status: 'interrupted', by: finder.sink.writer.number, ts: 1_000_006 });
  expect((await store.get(`id-${trace}`))?.head.status).toBe('interrupted');
  store.sink.append({ kind: 'event', trace, type: 'step', ts: 1_000_100 });
  expect((await store.get(`id-${trace}`))?.head.status).toBe('active');
  store.sink.append({ kind: 'end', trace, status: 'completed', ts: 1_000_200 });
  const after = (await store.get(`id-${trace}`))!;
  expect(after.head).toMatchObject({ status: 'completed', endedAt: 1_000_200 });
  expect(after.records.map(({ kind }) => kind)).toEqual(['open', 'identify', 'event', 'end', 'event', 'end']);
});
