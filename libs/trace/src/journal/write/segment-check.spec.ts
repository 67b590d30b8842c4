import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonText, RecordDraft } from '../../model/record.js';
import { segmentFile } from '../codec/format.js';
import { listSegments } from '../read/segments.js';
import { CHECK_MS } from './segment-check.js';
import { JournalWriter } from './writer.js';

let dir: string;
let path: string;
let writer: JournalWriter;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'check-'));
  path = join(dir, 'journal', segmentFile(1));
  writer = new JournalWriter({ dir });
  for (let n = 0; n < 10; n += 1) writer.append(event(n));
});
afterEach(() => {
  writer.close();
  rmSync(dir, { recursive: true, force: true });
});

const event = (n: number): RecordDraft => ({
  kind: 'event',
  trace: '1-1',
  type: 'step',
  data: JSON.stringify({ n }) as JsonText,
  ts: n,
});

/** Lets the time pass in which the file is not checked again, without a turn of the event loop. */
function pass(): void {
  for (const end = performance.now() + CHECK_MS; performance.now() <= end;);
}

test.each([
  ['removed', { segment_removed: 10 }, () => rmSync(path)],
  ['removed with its directory', { segment_removed: 10 }, () => rmSync(dir, { recursive: true })],
  ['renamed', { segment_renamed: 10 }, () => renameSync(path, `${path}.1`)],
  [
    'renamed, and another file has its name',
    { segment_renamed: 10 },
    () => {
      renameSync(path, `${path}.1`);
      writeFileSync(path, '');
    },
  ],
  ['truncated', { segment_truncated: 10 }, () => truncateSync(path, 0)],
  [
    'replaced by a directory',
    { segment_removed: 10 },
    () => {
      rmSync(path);
      mkdirSync(path);
    },
  ],
])('a segment that was %s is noticed at the next write', (_, dropped, hands) => {
  hands();
  pass();
  expect(writer.append(event(11))).toBe(true);
  expect(writer.position()?.segment).toBe(2);
  expect(writer.dropped).toEqual(dropped);
  expect(listSegments(dir).find(({ number }) => number === 2)?.size).toBe(writer.position()?.offset);
});

test('counts the missing part of a truncated segment', () => {
  truncateSync(path, Math.floor(listSegments(dir)[0]!.size / 2));
  pass();
  writer.append(event(11));
  expect(writer.dropped['segment_truncated']).toBeGreaterThan(3);
  expect(writer.dropped['segment_truncated']).toBeLessThan(8);
});

test('bytes that others append to a segment cost no record', () => {
  appendFileSync(path, 'no record\n');
  pass();
  writer.append(event(11));
  expect(writer.position()?.segment).toBe(1);
  expect(writer.dropped).toEqual({});
});
