import { mkdtempSync, rmSync } from 'node:fs';
import * as realFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { globalTimers } from '../../../../../test/support/global-timers.js';
import type { RecordDraft } from '../../model/record.js';

const MIB = 1024 * 1024;
const disk = { size: 100 * 1024 * MIB, free: 50 * 1024 * MIB };
/** Every write fails with this. */
let failure: string | undefined;

type StatfsCallback = (error: Error | null, stats?: { bsize: number; blocks: number; bavail: number }) => void;

jest.unstable_mockModule('node:fs', () => ({
  ...realFs,
  statfs: (_path: string, callback: StatfsCallback) =>
    callback(null, { bsize: 1, blocks: disk.size, bavail: disk.free }),
  writeSync: (...args: [number, Uint8Array]) => {
    if (failure) throw Object.assign(new Error(failure), { code: failure });
    return realFs.writeSync(...args);
  },
}));
jest.unstable_mockModule('../../model/timers.js', () => globalTimers);

const { JournalWriter } = await import('./writer.js');
const { SegmentReader } = await import('../read/reader.js');
const { listSegments } = await import('../read/segments.js');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'space-'));
  Object.assign(disk, { size: 100 * 1024 * MIB, free: 50 * 1024 * MIB });
  failure = undefined;
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
  rmSync(dir, { recursive: true, force: true });
});

const step = (trace: string): RecordDraft => ({ kind: 'event', trace, type: 'step', ts: 1 });
const open = (trace: string): RecordDraft => ({ kind: 'open', trace, id: trace, traceparent: '', ts: 1 });
const end = (trace: string): RecordDraft => ({ kind: 'end', trace, status: 'completed', ts: 1 });

/** The content of the journal, in words. */
function contents(): string[] {
  return listSegments(dir).flatMap(({ path }) => {
    const reader = new SegmentReader(path);
    const found: string[] = [];
    for (let next = reader.next(); next; next = reader.next()) {
      const { record } = next;
      if (record.kind === 'gap') found.push(`gap ${JSON.stringify(record.dropped)}`);
      else found.push('trace' in record ? `${record.kind} ${record.trace}` : record.kind);
    }
    reader.close();
    return found;
  });
}

const aSecond = (): void => void jest.advanceTimersByTime(1_001);

test('capture stops before the disk is full, counts, and resumes by itself with a gap', () => {
  const writer = new JournalWriter({ dir });
  writer.append(step('a'));
  disk.free = 255 * MIB;
  aSecond();
  expect(writer.append(step('a'))).toBe(false);
  expect(writer.failing).toBe('low_space');
  disk.free = 270 * MIB;
  aSecond();
  // Above the floor itself, where the next record would stop it again.
  expect(writer.append(step('a'))).toBe(false);
  disk.free = 300 * MIB;
  aSecond();
  expect(writer.failing).toBeUndefined();
  expect(contents()).toEqual(['segment', 'event a', 'gap {"low_space":2}']);
  expect(writer.append(step('a'))).toBe(true);
  expect(writer.dropped).toEqual({ low_space: 2 });
  writer.close();
});

test('on a small disk the floor is a share of its size', () => {
  Object.assign(disk, { size: 16 * MIB, free: MIB });
  const writer = new JournalWriter({ dir });
  writer.append(step('a'));
  aSecond();
  expect(writer.append(step('a'))).toBe(true);
  disk.free = 0.7 * MIB;
  aSecond();
  expect(writer.append(step('a'))).toBe(false);
  writer.close();
});

test('a configured floor is the floor', () => {
  const writer = new JournalWriter({ dir, minFreeBytes: 60 * 1024 * MIB });
  writer.append(step('a'));
  aSecond();
  expect(writer.append(step('a'))).toBe(false);
  writer.close();
});

test('space is checked again after many bytes, not only after some time', () => {
  const writer = new JournalWriter({ dir });
  const data = JSON.stringify('x'.repeat(MIB)) as never;
  writer.append(step('a'));
  disk.free = MIB;
  const kept = Array.from({ length: 20 }, () => writer.append({ ...step('a'), data } as RecordDraft));
  expect(kept.filter(Boolean).length).toBeLessThan(10);
  writer.close();
});

test('a failure is recorded once writing works again, also without a further record', () => {
  const writer = new JournalWriter({ dir });
  writer.append(step('a'));
  failure = 'ENOSPC';
  expect(writer.append(step('a'))).toBe(false);
  failure = undefined;
  aSecond();
  expect(writer.failing).toBeUndefined();
  expect(contents()).toEqual(['segment', 'event a', 'gap {"ENOSPC":1}']);
  writer.close();
});

test('an end waits for the disk; a trace without kept records is left out', () => {
  const writer = new JournalWriter({ dir });
  for (const trace of ['begun', 'over']) writer.append(open(trace));
  failure = 'ENOSPC';
  expect(writer.append(end('over'))).toBe(true);
  expect(writer.append(open('lost'))).toBe(false);
  expect(writer.append(end('lost'))).toBe(false);
  expect(writer.append(open('half'))).toBe(false);
  expect(writer.append(open('late'))).toBe(false);
  failure = undefined;
  aSecond();
  expect(writer.append(step('half'))).toBe(true);
  expect(writer.append(end('half'))).toBe(true);
  expect(writer.append(end('late'))).toBe(false);
  writer.close();
  expect(contents()).toEqual([
    'segment',
    'open begun',
    'open over',
    'gap {"ENOSPC":4}',
    'end over',
    'event half',
    'end half',
    'gap {"lone_end":1}',
    'seal',
  ]);
  expect(writer.dropped).toEqual({ ENOSPC: 4, lone_end: 1 });
});

test('closing records the last drops', () => {
  const writer = new JournalWriter({ dir });
  writer.append(step('a'));
  writer.append({ ...step('a'), type: 5 } as unknown as RecordDraft);
  writer.close();
  expect(contents()).toEqual(['segment', 'event a', 'gap {"invalid":1}', 'seal']);
});

test('an old segment is replaced by a new one, an empty one is not', () => {
  const writer = new JournalWriter({ dir, maxSegmentAgeMs: 10_000 });
  writer.append(step('a'));
  jest.advanceTimersByTime(60_000);
  expect(contents()).toEqual(['segment', 'event a', 'seal', 'segment']);
  writer.append(step('b'));
  jest.advanceTimersByTime(60_000);
  expect(listSegments(dir)).toHaveLength(3);
  writer.close();
});
