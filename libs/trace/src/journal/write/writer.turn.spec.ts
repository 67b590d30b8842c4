import type { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import * as realFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { jest } from '@jest/globals';
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
let writes = 0;
let truncate: 'works' | 'fails' = 'works';
let now: number;

jest.unstable_mockModule('node:fs', () => ({
  ...realFs,
  writeSync: (...args: Parameters<Write>) => {
    writes += 1;
    return faults.shift()?.(realFs.writeSync as Write, ...args) ?? realFs.writeSync(...args);
  },
  ftruncateSync: (fd: number, size: number) => {
    if (truncate === 'fails') throw systemError('EIO');
    realFs.ftruncateSync(fd, size);
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
let writer: InstanceType<typeof JournalWriter>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'turn-'));
  truncate = 'works';
  faults.length = 0;
  now = 1_700_000_000_000;
  writer = new JournalWriter({ dir, durability: 'turn' });
});
afterEach(() => {
  faults.length = 0;
  writer.close();
  rmSync(dir, { recursive: true, force: true });
});

const contents = () => contentsOf(dir, { listSegments, SegmentReader });

const kept = (): unknown[] => contents().kept;
const endOfTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it('writes the records of a turn with one write, at its end', async () => {
  writer.append(event(1));
  writes = 0;
  for (let n = 2; n <= 20; n += 1) writer.append(event(n));
  await Promise.resolve();
  writer.append(event(21));
  expect([writes, kept()]).toEqual([0, ['segment']]);
  await endOfTurn();
  expect([writes, kept().length]).toEqual([1, 22]);
});

it('notifies readers once for a turn', async () => {
  const appended = jest.fn();
  writer.close();
  writer = new JournalWriter({ dir, durability: 'turn', onAppend: appended });
  for (let n = 0; n < 5; n += 1) writer.append(event(n));
  await endOfTurn();
  writer.append(event(9));
  expect(appended).toHaveBeenCalledTimes(2);
});

it('a position is behind all records, which are in the file then', () => {
  writer.append(event(1));
  expect(writer.position()!.offset).toBe(realFs.statSync(listSegments(dir)[0]!.path).size);
  expect(kept()).toEqual(['segment', 1]);
});

it('writes within a turn when much was gathered, and a record that is longer than the memory', () => {
  for (let n = 1; n <= 3; n += 1) writer.append(event(n, 100_000));
  expect(kept()).toEqual(['segment', 1, 2, 3]);
  writer.append(event(4));
  writer.append(event(5, 600_000));
  expect(kept()).toEqual(['segment', 1, 2, 3, 4, 5]);
});

it('writes the end of a trace that the process takes with it at once', () => {
  writer.append(event(1));
  writer.append({ kind: 'end', trace: '1-1', status: 'interrupted', ts: 2 });
  expect(kept()).toEqual(['segment', 1, 'end']);
});

it('rotates with what was gathered in the old segment', () => {
  writer.append(event(1));
  expect(writer.rotate()).toBe(true);
  writer.append(event(2));
  writer.close();
  expect(contents()).toEqual({
    kept: ['segment', 1, 'seal', 'segment', 2, 'seal'],
    corrupt: 0,
    ascending: true,
  });
});

it('from an exception or an exit on, each record is written at once', async () => {
  writer.append(event(1));
  (process as EventEmitter).emit('uncaughtExceptionMonitor', new Error('a test'), 'uncaughtException');
  expect(kept()).toEqual(['segment', 1]);
  writer.append(event(2));
  expect(kept()).toEqual(['segment', 1, 2]);
  // The application handled it.
  await endOfTurn();
  writer.append(event(3));
  expect(kept()).toEqual(['segment', 1, 2]);
});

describe('a write that fails', () => {
  it.each(['works', 'fails'] as const)(
    'keeps the whole records of a batch, and the rest for later (rollback %s)',
    (how) => {
      for (let n = 1; n <= 3; n += 1) writer.append(event(n));
      truncate = how;
      // The first of three, and a part of the second.
      faults.push(short(300), fail('ENOSPC'));
      expect(writer.flush()).toBe(false);
      expect([writer.failing, writer.dropped]).toEqual(['ENOSPC', {}]);
      expect(kept()).toEqual(['segment', 1]);
      now += 200;
      expect(writer.append(event(4))).toBe(true);
      expect(writer.failing).toBeUndefined();
      writer.close();
      const corrupt = how === 'fails' ? 1 : 0;
      expect(contents()).toEqual({ kept: ['segment', 1, 2, 3, 4, 'seal'], corrupt, ascending: true });
    },
  );

  it('drops and counts later records until it works again', () => {
    writer.append(event(1));
    faults.push(fail('ENOSPC'));
    writer.flush();
    expect(writer.append(event(2))).toBe(false);
    expect(writer.position()?.offset).toBe(realFs.statSync(listSegments(dir)[0]!.path).size);
    now += 200;
    writer.append(event(3));
    writer.close();
    expect(contents()).toEqual({
      kept: ['segment', 1, { ENOSPC: 1 }, 3, 'seal'],
      corrupt: 0,
      ascending: true,
    });
  });

  it('is retried rarely', () => {
    let tries = 0;
    writer.append(event(1));
    for (let n = 0; n < 100; n += 1) {
      faults.push(() => {
        tries += 1;
        throw systemError('ENOSPC');
      });
    }
    for (let ms = 0; ms < 10_000; ms += 10) {
      now += 10;
      writer.append(event(2));
      writer.flush();
    }
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThan(25);
  });

  it('counts what could never be written', () => {
    for (let n = 1; n <= 3; n += 1) writer.append(event(n));
    faults.push(...Array.from({ length: 9 }, () => fail('EIO')));
    writer.close();
    expect(writer.dropped).toEqual({ EIO: 3 });
  });

  it('at a file-size limit the rest goes into the next segment, in order', () => {
    writer.append(event(1));
    writer.flush();
    for (let n = 2; n <= 4; n += 1) writer.append(event(n));
    faults.push(short(300), fail('EFBIG'));
    expect(writer.flush()).toBe(true);
    writer.append(event(5));
    writer.close();
    expect(contents()).toEqual({
      kept: ['segment', 1, 2, 'seal', 'segment', 3, 4, 5, 'seal'],
      corrupt: 0,
      ascending: true,
    });
    expect(writer.dropped).toEqual({});
  });
});

it('what is gathered survives the removal of its segment', () => {
  writer.append(event(1));
  writer.flush();
  now += 100;
  for (let n = 2; n <= 4; n += 1) writer.append(event(n));
  realFs.rmSync(listSegments(dir)[0]!.path);
  writer.flush();
  writer.append(event(5));
  writer.close();
  expect(writer.dropped).toEqual({ segment_removed: 1 });
  expect(contents()).toEqual({
    kept: ['segment', 2, 3, 4, { segment_removed: 1 }, 5, 'seal'],
    corrupt: 0,
    ascending: true,
  });
});
