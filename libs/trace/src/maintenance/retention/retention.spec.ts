import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalWriter } from '../../journal/write/writer.js';
import { listSegments, readWriter } from '../../journal/read/segments.js';
import type { JsonText } from '../../model/record.js';
import { MaintainedCatalog } from '../../catalog-worker/maintained-catalog.js';
import { Checkpoints } from '../../pipeline/checkpoints.js';
import type { RetentionLimits } from './retention-policy.js';

const NEVER: RetentionLimits = { maxAgeMs: Infinity, maxBytes: Infinity, errorMaxAgeMs: Infinity };
const HOUR = 3_600_000;
const PAD = JSON.stringify('x'.repeat(900)) as JsonText;

let dir: string;
let writer: JournalWriter;
let open: MaintainedCatalog[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'retention-'));
  writer = new JournalWriter({ dir });
});
afterEach(() => {
  writer.close();
  for (const catalog of open) catalog.close();
  open = [];
  rmSync(dir, { recursive: true, force: true });
});

/** Trace `n` of about 2 KB, `hoursAgo`. */
function write(n: number, hoursAgo: number, { error = false, end = true } = {}): string {
  const trace = `${writer.writer.number}-${n}`;
  const ts = Math.round((Date.now() - hoursAgo * HOUR) * 1000) + n;
  writer.append({ kind: 'open', trace, id: `c_${n}`, traceparent: '', ts });
  writer.append({ kind: 'identify', trace, id: `c_${n}`, contact: 'c', message: `message ${n}`, ts });
  writer.append({ kind: 'event', trace, type: 'step', data: PAD, ts });
  if (error) writer.append({ kind: 'error', trace, location: 'x', type: 'E', message: 'm', fingerprint: 'f', ts });
  writer.append({ kind: 'event', trace, type: 'step', data: PAD, ts });
  if (end) writer.append({ kind: 'end', trace, status: 'completed', ts });
  return trace;
}

function pruned(limits: Partial<RetentionLimits>): MaintainedCatalog {
  const catalog = new MaintainedCatalog({ dir, retention: { ...NEVER, ...limits } });
  open.push(catalog);
  while (!catalog.turn(50));
  return catalog;
}

function ids(catalog: MaintainedCatalog): string[] {
  return catalog.queries.list({}, 100, undefined).heads.map(({ traceId }) => traceId);
}

/** Ids in an index that is rebuilt from the journal. */
function rebuilt(): string[] {
  const catalog = new MaintainedCatalog({ dir, file: ':memory:', readOnly: true });
  open.push(catalog);
  catalog.queries.catchUp();
  return ids(catalog);
}

test('old traces are deleted with their segment, those with errors are kept longer', () => {
  write(1, 30);
  write(2, 30, { error: true });
  write(3, 80, { error: true });
  writer.rotate();
  write(4, 1);
  const catalog = pruned({ maxAgeMs: 24 * HOUR, errorMaxAgeMs: 48 * HOUR });
  expect(ids(catalog)).toEqual(['c_4', 'c_2']);
  expect(catalog.queries.counts()).toEqual({ total: 2, active: 0, errors: 1 });
  expect(listSegments(dir).map(({ kept }) => kept)).toEqual([false, true]);
  expect(
    Buffer.from(catalog.queries.stored(['c_2']).traces[0]!.lines)
      .toString()
      .trim()
      .split('\n'),
  ).toHaveLength(6);
  expect(rebuilt()).toEqual(['c_4', 'c_2']);
});

test('kept traces with errors are deleted when they are too old as well', () => {
  write(1, 30, { error: true });
  writer.rotate();
  write(2, 1);
  expect(ids(pruned({ maxAgeMs: 24 * HOUR, errorMaxAgeMs: 48 * HOUR }))).toEqual(['c_2', 'c_1']);
  const catalog = pruned({ maxAgeMs: 24 * HOUR, errorMaxAgeMs: 25 * HOUR });
  expect(ids(catalog)).toEqual(['c_2']);
  expect(listSegments(dir)).toHaveLength(1);
});

test('beyond `maxBytes` the oldest traces are deleted first', () => {
  for (let n = 1; n <= 60; n += 1) {
    write(n, 1);
    if (n % 10 === 0) writer.rotate();
  }
  const catalog = pruned({ maxBytes: 60_000 });
  const bytes = listSegments(dir).reduce((sum, { size }) => sum + size, 0);
  expect(bytes).toBeLessThanOrEqual(60_000);
  expect(bytes).toBeGreaterThan(30_000);
  const left = ids(catalog);
  expect(left[0]).toBe('c_60');
  expect(left).toEqual(Array.from(left, (_, i) => `c_${60 - i}`));
  expect(rebuilt()).toEqual(left);
});

test('a flood of errors cannot use up the space', () => {
  for (let n = 1; n <= 60; n += 1) {
    write(n, 1, { error: true });
    if (n % 10 === 0) writer.rotate();
  }
  pruned({ maxBytes: 60_000 });
  expect(listSegments(dir).reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(60_000);
});

test('active traces are copied forward, and an ended trace is removed from every segment', () => {
  write(1, 30);
  const running = write(2, 30, { end: false });
  const ending = write(3, 30, { end: false });
  writer.rotate();
  writer.append({ kind: 'end', trace: ending, status: 'completed', ts: Date.now() * 1000 });
  const catalog = pruned({ maxAgeMs: 24 * HOUR });
  expect(ids(catalog)).toEqual(['c_2']);
  writer.append({ kind: 'end', trace: running, status: 'completed', ts: Date.now() * 1000 });
  catalog.queries.catchUp();
  expect(catalog.queries.list({ status: 'completed' }, 10, undefined).heads).toHaveLength(1);
  expect(
    Buffer.from(catalog.queries.stored(['c_2']).traces[0]!.lines)
      .toString()
      .trim()
      .split('\n'),
  ).toHaveLength(5);
  expect(rebuilt()).toEqual(['c_2']);
});

test('small kept segments are merged', () => {
  for (let n = 1; n <= 5; n += 1) {
    write(n, 30, { error: true });
    writer.rotate();
    pruned({ maxAgeMs: 24 * HOUR });
  }
  expect(readdirSync(join(dir, 'journal')).filter((name) => name.includes('kept'))).toHaveLength(1);
  expect(rebuilt()).toEqual(['c_5', 'c_4', 'c_3', 'c_2', 'c_1']);
});

test('many traces are deleted in short steps, and an interruption loses nothing', () => {
  for (let n = 1; n <= 3_000; n += 1) write(n, 30, { error: n % 100 === 0 });
  writer.rotate();
  write(3_001, 1);
  const first = new MaintainedCatalog({ dir, retention: { ...NEVER, maxAgeMs: 24 * HOUR } });
  first.queries.catchUp();
  // One step to plan, one to begin.
  expect([first.turn(1_000), first.turn(1_000)]).toEqual([false, false]);
  const { total } = first.queries.counts();
  expect(total).toBeGreaterThan(31);
  expect(total).toBeLessThan(3_001);
  first.close();
  const catalog = pruned({ maxAgeMs: 24 * HOUR });
  expect(catalog.queries.counts()).toEqual({ total: 31, active: 0, errors: 30 });
  expect(rebuilt()).toHaveLength(31);
  expect(readFileSync(listSegments(dir)[0]!.path, 'latin1')).toContain('"c_3001"');
});

test('pinned traces outlive age, size and a rebuild of the index', () => {
  for (let n = 1; n <= 3; n += 1) write(n, 100);
  writer.rotate();
  write(4, 90);
  writer.rotate();
  write(5, 1);
  const first = new MaintainedCatalog({ dir });
  open.push(first);
  first.queries.catchUp();
  expect([
    first.maintainer.pin('c_2', true),
    first.maintainer.pin('c_4', true),
    first.maintainer.pin('c_9', true),
  ]).toEqual([true, true, false]);
  const limits = { maxAgeMs: 24 * HOUR, errorMaxAgeMs: 48 * HOUR, maxBytes: 1_000 };
  const catalog = pruned(limits);
  expect(ids(catalog)).toEqual(['c_5', 'c_4', 'c_2']);
  expect(rebuilt()).toEqual(['c_5', 'c_4', 'c_2']);
  expect(
    Buffer.from(catalog.queries.stored(['c_2']).traces[0]!.lines)
      .toString()
      .trim()
      .split('\n'),
  ).toHaveLength(5);
  expect(catalog.queries.stored(['c_2']).traces[0]!.head.pinned).toBe(true);
});

test('a segment with only pinned traces is copied once', () => {
  write(1, 100);
  write(2, 100, { error: true });
  writer.rotate();
  const first = new MaintainedCatalog({ dir });
  open.push(first);
  first.queries.catchUp();
  first.maintainer.pin('c_1', true);
  const kept = () =>
    listSegments(dir)
      .filter((segment) => segment.kept)
      .map(({ number }) => number);
  pruned({ maxAgeMs: 24 * HOUR, errorMaxAgeMs: 200 * HOUR });
  const both = kept();
  expect(rebuilt()).toEqual(['c_2', 'c_1']);
  // The error's time is over: the pinned trace is copied once more, and then stays.
  pruned({ maxAgeMs: 24 * HOUR, errorMaxAgeMs: 48 * HOUR });
  const alone = kept();
  expect(alone).not.toEqual(both);
  expect(rebuilt()).toEqual(['c_1']);
  const last = pruned({ maxAgeMs: 24 * HOUR, errorMaxAgeMs: 48 * HOUR, maxBytes: 1 });
  expect(kept()).toEqual(alone);
  last.maintainer.pin('c_1', false);
  expect(ids(pruned({ maxAgeMs: 24 * HOUR, errorMaxAgeMs: 48 * HOUR }))).toEqual([]);
  expect(kept()).toEqual([]);
});

describe('consumers', () => {
  const behind = (maxLagBytes: number): Checkpoints => {
    const consumer = new Checkpoints(dir, 'shipper');
    consumer.register(maxLagBytes);
    return consumer;
  };

  test('hold back segments that they have not read, until they have', () => {
    write(1, 30);
    writer.rotate();
    write(2, 0);
    const consumer = behind(1_000_000);
    expect(ids(pruned({ maxAgeMs: 24 * HOUR }))).toEqual(['c_2', 'c_1']);
    const [first] = listSegments(dir);
    consumer.write(readWriter(first!.path)!.id, { segment: first!.number, offset: first!.size });
    expect(ids(pruned({ maxAgeMs: 24 * HOUR }))).toEqual(['c_2']);
    expect(consumer.lostBytes()).toBe(0);
  });

  test('lose the oldest segments when they are too far behind, and the loss is counted', () => {
    write(1, 30);
    writer.rotate();
    write(2, 0);
    const [first] = listSegments(dir);
    const consumer = behind(3_000);
    expect(ids(pruned({ maxAgeMs: 24 * HOUR }))).toEqual(['c_2']);
    expect(consumer.lostBytes()).toBe(first!.size);
  });
});
