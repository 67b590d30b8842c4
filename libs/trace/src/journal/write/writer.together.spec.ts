import { mkdtempSync, rmSync } from 'node:fs';
import * as realFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import {
  contentsOf,
  event,
  fail,
  short,
  type Write,
  type WriteFault,
} from '../../../../../test/support/write-faults.js';

/** Replaces the next writes. */
const faults: WriteFault[] = [];
let writes = 0;
let now: number;

jest.unstable_mockModule('node:fs', () => ({
  ...realFs,
  writeSync: (...args: Parameters<Write>) => {
    writes += 1;
    return faults.shift()?.(realFs.writeSync as Write, ...args) ?? realFs.writeSync(...args);
  },
}));
const realTimers = await import('../../model/timers.js');
jest.unstable_mockModule('../../model/timers.js', () => ({
  ...realTimers,
  wallNow: () => now,
  performance: { now: () => now, timeOrigin: 0 },
}));

const { JournalWriter } = await import('./writer.js');
const { SegmentReader } = await import('../read/reader.js');
const { listSegments } = await import('../read/segments.js');

let dir: string;
let appended: number;
let writer: InstanceType<typeof JournalWriter>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'together-'));
  faults.length = 0;
  appended = 0;
  now = 1_700_000_000_000;
  writer = new JournalWriter({ dir, onAppend: () => (appended += 1) });
  writer.append(event(1));
  writes = 0;
});
afterEach(() => {
  faults.length = 0;
  writer.close();
  rmSync(dir, { recursive: true, force: true });
});

function kept(): unknown[] {
  const { kept: found, corrupt } = contentsOf(dir, { listSegments, SegmentReader });
  expect(corrupt).toBe(0);
  return found;
}

const pathOf = (number: number): string => join(dir, 'journal', `0000000${number}.ndjson`);
const sizeOf = (number: number): number => realFs.statSync(pathOf(number)).size;
const append = (from: number, to: number) => (): void => {
  for (let n = from; n <= to; n += 1) expect(writer.append(event(n))).toBe(true);
};

test('records that belong together are one write, and are in the file afterwards', () => {
  writer.together(append(2, 50));
  expect(writes).toBe(1);
  expect(appended).toBe(2);
  expect(writer.position()).toEqual({ segment: 1, offset: sizeOf(1) });
  expect(kept()).toEqual(['segment', ...Array.from({ length: 50 }, (_, n) => n + 1)]);
  writer.append(event(51));
  expect(writes).toBe(2);
});

test('a position during the work is one that the file has', () => {
  writer.together(() => {
    append(2, 3)();
    expect(writer.position()).toEqual({ segment: 1, offset: sizeOf(1) });
  });
});

test('more than fits are several writes, and a long record is one by itself', () => {
  const long = event(3);
  writer.together(() => {
    append(2, 2)();
    writer.append({ ...long, data: JSON.stringify({ text: 'x'.repeat(300_000) }) } as typeof long);
    append(4, 4_000)();
  });
  expect(writes).toBeGreaterThan(2);
  expect(writes).toBeLessThan(20);
  expect(kept()).toEqual(['segment', ...Array.from({ length: 4_000 }, (_, n) => n + 1)]);
});

test('work inside work, work that throws and the end of the writer inside work lose nothing', () => {
  writer.together(() => writer.together(append(2, 3)));
  const thrown = new Error('of the work');
  expect(() =>
    writer.together(() => {
      append(4, 5)();
      throw thrown;
    }),
  ).toThrow(thrown);
  writer.together(() => {
    append(6, 7)();
    writer.close();
  });
  expect(kept()).toEqual(['segment', 1, 2, 3, 4, 5, 6, 7, 'seal']);
  expect(writer.dropped).toEqual({});
});

test('a full disk drops what is not in the file, counts each record, and nothing is in it twice', () => {
  const lineBytes = sizeOf(1) / 2;
  faults.push(short(Math.floor(lineBytes * 2.5)), fail('ENOSPC'));
  writer.together(append(2, 5));
  expect(writer.failing).toBe('ENOSPC');
  const { ENOSPC: lost } = writer.dropped;
  expect(lost).toBeGreaterThan(0);
  expect(writer.position()).toEqual({ segment: 1, offset: sizeOf(1) });
  const whole = kept();
  expect(whole).toEqual(['segment', 1, 2, 3, 4, 5].slice(0, whole.length));
  expect(whole.length - 2 + lost!).toBe(4);
  now += 200;
  writer.together(append(6, 7));
  expect(kept()).toEqual([...whole, { ENOSPC: lost }, 6, 7]);
});

test('while writing fails, each record is an attempt of its own', () => {
  faults.push(fail('ENOSPC'));
  expect(writer.append(event(2))).toBe(false);
  writer.together(() => expect(writer.append(event(3))).toBe(false));
  expect(writer.dropped).toEqual({ ENOSPC: 2 });
  now += 200;
  writer.together(append(4, 5));
  expect(kept()).toEqual(['segment', 1, { ENOSPC: 2 }, 4, 5]);
});

test.each([
  ['removed', () => realFs.rmSync(pathOf(1)), { segment_removed: 1 }],
  ['renamed', () => realFs.renameSync(pathOf(1), join(dir, 'elsewhere')), { segment_renamed: 1 }],
])('records for a file that was %s meanwhile go into the next one', (_, hands, dropped) => {
  now += 200;
  writer.together(() => {
    append(2, 3)();
    hands();
    now += 200;
  });
  expect(writer.dropped).toEqual(dropped);
  expect(kept()).toEqual(['segment', 2, 3]);
});

test('at a file-size limit the rest goes into the next segment', () => {
  faults.push(fail('EFBIG'));
  writer.together(append(2, 3));
  expect(listSegments(dir)).toHaveLength(2);
  expect(kept()).toEqual(['segment', 1, 'seal', 'segment', 2, 3]);
});
