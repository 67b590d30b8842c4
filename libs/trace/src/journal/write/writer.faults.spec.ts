import { mkdtempSync, rmSync } from 'node:fs';
import * as realFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { globalTimers } from '../../../../../test/support/global-timers.js';
import {
  contentsOf,
  event,
  fail,
  short,
  systemError,
  type Write,
  type WriteFault,
} from '../../../../../test/support/write-faults.js';

/** Replaces the next writes. */
const faults: WriteFault[] = [];
let truncate: 'works' | 'fails' = 'works';

jest.unstable_mockModule('node:fs', () => ({
  ...realFs,
  writeSync: (...args: Parameters<Write>) =>
    faults.shift()?.(realFs.writeSync as Write, ...args) ?? realFs.writeSync(...args),
  ftruncateSync: (fd: number, size: number) => {
    if (truncate === 'fails') throw systemError('EIO');
    realFs.ftruncateSync(fd, size);
  },
}));
jest.unstable_mockModule('../../model/timers.js', () => globalTimers);

const { JournalWriter } = await import('./writer.js');
const { SegmentReader } = await import('../read/reader.js');
const { listSegments } = await import('../read/segments.js');

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'faults-'));
  truncate = 'works';
  faults.length = 0;
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

function contents(): { kept: unknown[]; corrupt: number } {
  const { kept, corrupt } = contentsOf(dir, { listSegments, SegmentReader });
  return { kept, corrupt };
}

test('a write that takes only parts of a record continues until the whole record is written', () => {
  const writer = new JournalWriter({ dir });
  writer.append(event(1));
  faults.push(short(1), short(50), short(0), short(7));
  expect(writer.append(event(2))).toBe(true);
  writer.close();
  expect(contents()).toEqual({ kept: ['segment', 1, 2, 'seal'], corrupt: 0 });
});

test.each(['works', 'fails'] as const)('a record truncated by a full disk harms no other (rollback %s)', (how) => {
  const writer = new JournalWriter({ dir });
  writer.append(event(1));
  truncate = how;
  faults.push(short(40), fail('ENOSPC'));
  expect(writer.append(event(2))).toBe(false);
  expect(writer.dropped).toEqual({ ENOSPC: 1 });
  expect(writer.failing).toBe('ENOSPC');
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 200);
  expect(writer.append(event(3))).toBe(true);
  expect(writer.position()?.offset).toBe(realFs.statSync(join(dir, 'journal', '00000001.ndjson')).size);
  writer.close();
  expect(contents()).toEqual({
    kept: ['segment', 1, { ENOSPC: 1 }, 3, 'seal'],
    corrupt: how === 'fails' ? 1 : 0,
  });
});

test('while writes fail, the writer retries rarely, and counts every lost record', () => {
  const writer = new JournalWriter({ dir });
  writer.append(event(1));
  const start = Date.now();
  const now = jest.spyOn(Date, 'now').mockReturnValue(start);
  let tries = 0;
  for (let i = 0; i < 100; i += 1) {
    faults.push(() => {
      tries += 1;
      throw systemError('ENOSPC');
    });
  }
  for (let ms = 0; ms < 10_000; ms += 10) {
    now.mockReturnValue(start + ms);
    writer.append(event(2));
  }
  expect(writer.dropped).toEqual({ ENOSPC: 1_000 });
  expect(tries).toBeGreaterThan(3);
  expect(tries).toBeLessThan(25);
  writer.close();
});

test('at a file-size limit the writer starts a new segment', () => {
  const writer = new JournalWriter({ dir });
  writer.append(event(1));
  faults.push(short(10), fail('EFBIG'));
  expect(writer.append(event(2))).toBe(false);
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 200);
  expect(writer.append(event(3))).toBe(true);
  writer.close();
  expect(listSegments(dir)).toHaveLength(2);
  expect(contents()).toEqual({ kept: ['segment', 1, 'seal', 'segment', { EFBIG: 1 }, 3, 'seal'], corrupt: 0 });
});

test('a full disk leaves no empty segments behind', () => {
  const writer = new JournalWriter({ dir });
  const now = jest.spyOn(Date, 'now');
  const start = Date.now();
  for (let i = 0; i < 5; i += 1) {
    faults.push(fail('ENOSPC'));
    now.mockReturnValue(start + i * 10_000);
    expect(writer.append(event(i))).toBe(false);
  }
  expect(listSegments(dir)).toEqual([]);
  now.mockReturnValue(start + 100_000);
  expect(writer.append(event(9))).toBe(true);
  writer.close();
  expect(contents()).toEqual({ kept: ['segment', { ENOSPC: 5 }, 9, 'seal'], corrupt: 0 });
});
