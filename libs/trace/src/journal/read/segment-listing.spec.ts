import { appendFileSync, mkdtempSync, rmSync, truncateSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { globalTimers } from '../../../../../test/support/global-timers.js';

jest.unstable_mockModule('../../model/timers.js', () => globalTimers);

const { journalDir } = await import('../files/segment-file.js');
const { SegmentListing } = await import('./segment-listing.js');
const { listSegments } = await import('./segments.js');
const { JournalWriter } = await import('../write/writer.js');

describe('SegmentListing', () => {
  let dir: string;
  let writer: InstanceType<typeof JournalWriter>;
  let listing: InstanceType<typeof SegmentListing>;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'segment-listing-'));
    writer = new JournalWriter({ dir, minFreeBytes: 0 });
    listing = new SegmentListing(dir);
  });
  afterEach(() => {
    writer.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const append = (): boolean => writer.append({ kind: 'handler', ts: 1, trace: '1-1', handler: 'a' });
  /** Long ago, so that the folder's modification time is reliable. */
  const settle = (): void => utimesSync(journalDir(dir), 1, 1);

  it('is empty before there is a directory, and sees the first segment', () => {
    expect(listing.list()).toEqual([]);
    append();
    expect(listing.list()).toEqual(listSegments(dir));
  });

  it('sees every record that was written, in the old segment and the next one, and one that is deleted', () => {
    append();
    for (let round = 0; round < 3; round += 1) {
      settle();
      for (let n = 0; n < 3; n += 1) {
        append();
        expect(listing.list()).toEqual(listSegments(dir));
      }
      writer.rotate();
      append();
      expect(listing.list()).toEqual(listSegments(dir));
    }
    settle();
    expect(listing.list()).toHaveLength(4);
    rmSync(listing.list()[0]!.path);
    expect(listing.list()).toEqual(listSegments(dir));
  });

  it('sees a segment that another process begins within the same tick', () => {
    append();
    settle();
    listing.list();
    const other = new JournalWriter({ dir, minFreeBytes: 0 });
    listing.list();
    other.append({ kind: 'handler', ts: 1, trace: '2-1', handler: 'a' });
    expect(listing.list()).toEqual(listSegments(dir));
    other.close();
  });

  it('returns copies, so that later changes to them have no effect', () => {
    append();
    settle();
    const before = listing.list();
    const { size } = before[0]!;
    append();
    listing.list();
    expect(before[0]!.size).toBe(size);
    before.pop();
    expect(listing.list()).toHaveLength(1);
  });

  it('checks a sealed segment again after a second', () => {
    append();
    writer.rotate();
    append();
    settle();
    const [first] = listing.list();
    truncateSync(first!.path, 10);
    const { now } = Date;
    try {
      Date.now = () => now() + 1_001;
      expect(listing.list()[0]!.size).toBe(10);
    } finally {
      Date.now = now;
    }
    appendFileSync(first!.path, 'x');
    expect(listing.list()[0]!.size).toBe(11);
  });

  it('sees what is new, grows and is gone among more segments than are looked at each time', () => {
    for (let n = 0; n < 300; n += 1) {
      append();
      writer.rotate();
    }
    append();
    settle();
    expect(listing.list()).toHaveLength(301);
    for (const at of [0, 150, 298]) {
      rmSync(listing.list()[at]!.path);
      expect(listing.list()).toEqual(listSegments(dir));
      settle();
      listing.list();
    }
    append();
    expect(listing.list()).toEqual(listSegments(dir));
    writer.rotate();
    append();
    expect(listing.list()).toEqual(listSegments(dir));
    const other = new JournalWriter({ dir, minFreeBytes: 0 });
    other.append({ kind: 'handler', ts: 1, trace: '2-1', handler: 'a' });
    expect(listing.list()).toEqual(listSegments(dir));
    other.close();
    settle();
    expect(listing.list()).toEqual(listSegments(dir));
  });
});
