import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listSegments, readWriter, type SegmentInfo } from '../journal/read/segments.js';
import { JournalWriter } from '../journal/write/writer.js';
import type { JsonText } from '../model/record.js';
import { Checkpoints } from './checkpoints.js';
import { RetentionFence } from './retention-fence.js';

let dir: string;
let files: SegmentInfo[];
let writer: string;

/** A journal of five segments or more, by one writer. */
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fence-'));
  const journal = new JournalWriter({ dir, maxSegmentBytes: 2_000 });
  const data = JSON.stringify('x'.repeat(100)) as JsonText;
  for (let n = 0; n < 60; n += 1) journal.append({ kind: 'event', trace: '1-1', type: 'step', data, ts: 1 });
  journal.close();
  files = listSegments(dir);
  writer = readWriter(files[0]!.path)!.id;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function consumer(name: string, read: number, maxLagBytes = 1_000_000): Checkpoints {
  const made = new Checkpoints(dir, name);
  made.register(maxLagBytes);
  // Everything up to and including the segment at index `read - 1`.
  if (read > 0) made.write(writer, { segment: files[read - 1]!.number, offset: files[read - 1]!.size });
  return made;
}

const deletable = (): boolean[] => files.map((file) => new RetentionFence(dir).mayDelete(file));

it('holds nothing without a consumer', () => {
  expect(deletable()).not.toContain(false);
});

it('holds the segments that one of several consumers has not read', () => {
  consumer('fast', 4);
  consumer('slow', 2);
  expect(deletable().slice(0, 4)).toEqual([true, true, false, false]);
});

it('holds a segment that was read in part', () => {
  consumer('one', 1).write(writer, { segment: files[1]!.number, offset: files[1]!.size - 1 });
  expect(deletable().slice(0, 3)).toEqual([true, false, false]);
});

it('releases segments of a consumer that is too far behind, and counts its loss, each segment once', () => {
  const behind = consumer('behind', 1, 3_000);
  const other = consumer('other', files.length);
  expect(deletable()).not.toContain(false);
  const fence = new RetentionFence(dir);
  fence.deleting(files[1]!);
  fence.deleting(files[2]!);
  fence.deleting(files[2]!);
  expect(behind.lostBytes()).toBe(files[1]!.size + files[2]!.size);
  expect(other.lostBytes()).toBe(0);
});

it('keeps a checkpoint as long as its segment exists', () => {
  const one = consumer('one', 1);
  one.removeOld();
  expect(one.read(writer)).toEqual({ segment: files[0]!.number, offset: files[0]!.size });
  rmSync(files[0]!.path);
  one.removeOld();
  expect(one.read(writer)).toBeUndefined();
  expect(readdirSync(join(dir, 'consumers', 'one'))).toEqual(['settings.json']);
});

it('never holds a copy that retention made', () => {
  consumer('one', 0);
  expect(new RetentionFence(dir).mayDelete({ ...files[0]!, kept: true })).toBe(true);
});

it('holds nothing for a consumer that no process has had for a day', () => {
  consumer('gone', 0);
  expect(deletable()).not.toContain(true);
  const old = Date.now() / 1000 - 25 * 60 * 60;
  utimesSync(join(dir, 'consumers', 'gone', 'settings.json'), old, old);
  expect(deletable()).not.toContain(false);
});
