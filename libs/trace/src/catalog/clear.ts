import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { makeBootId } from '../journal/boot.js';
import { RecordEncoder } from '../journal/codec.js';
import { FILE_MODE } from '../journal/format.js';
import { overwriteLines, type Overwrite } from '../journal/overwrite.js';
import { createSegment } from '../journal/segment-file.js';
import { isBeingWritten, listSegments, type SegmentInfo } from '../journal/segments.js';
import { headerOf } from '../journal/writer.js';
import type { CatalogDb } from './catalog-db.js';
import { packSpans, unpackSpans, type Spans } from './extents.js';
import { deleteTrace, inReadingOrder, type SegmentRow } from './indexer.js';
import { readLines } from './lines.js';

interface ExtentRow {
  trace: number;
  spans: Uint8Array;
  key: string;
  status: string;
  errors: number;
}

const TMP = '.tmp';

/**
 * Forgets ended traces by deleting whole segments. What stays (active ones, those with errors if asked for) is copied
 * forward first, into one segment that only the catalog reads; segments that somebody still writes to are blanked
 * where needed. The order of steps makes every moment safe to die in: copy, commit, name the copy, delete.
 */
export function clearTraces(db: CatalogDb, dir: string, options: { keepErrors: boolean }): { removed: number } {
  const removed = db.write(() => {
    const segments = inReadingOrder(listSegments(dir));
    const victims = new Map<number, string>();
    const forward: Copy = { number: 0, path: '', offset: 0, fd: -1, extents: new Map() };
    const closed = segments.filter((segment) => !isBeingWritten(segment));
    try {
      for (const segment of segments) {
        const isClosed = closed.includes(segment);
        const blanks: Overwrite[] = [];
        for (const row of db.all<ExtentRow>('extentsOfSegment', segment.number)) {
          const spans = unpackSpans(row.spans);
          const stays = row.status === 'active' || (options.keepErrors && (row.errors > 0 || row.status === 'error'));
          if (!stays) victims.set(row.trace, row.key);
          if (stays && isClosed) copyForward(forward, dir, segment, row.trace, spans);
          if (!stays && !isClosed) blanks.push(...lineSpans(spans));
        }
        if (blanks.length > 0) overwriteLines(segment.path, blanks);
      }
      commitRows(db, victims, closed, forward);
    } finally {
      if (forward.fd !== -1) closeSync(forward.fd);
    }
    return victims.size;
  });
  finishClear(db, dir);
  return { removed };
}

/** Does what a `clear` had still to do: names its copy and deletes its files. Safe to repeat, by any process. */
export function finishClear(db: CatalogDb, dir: string): void {
  db.write(() => {
    const segments = new Map(listSegments(dir).map((segment) => [segment.number, segment]));
    for (const row of db.all<SegmentRow>('segments')) {
      const segment = segments.get(row.number);
      if (segment?.kept && row.read > segment.size) rename(segment.path);
      if (!row.gone) continue;
      if (!segment || unlinked(segment.path)) db.run('deleteSegment', row.number);
    }
    // A copy that was never committed: its originals are all there.
    for (const segment of segments.values()) {
      if (segment.kept && segment.size === 0) dropUncommitted(segment);
    }
  });
}

interface Copy {
  number: number;
  path: string;
  fd: number;
  offset: number;
  extents: Map<number, Spans>;
}

function copyForward(copy: Copy, dir: string, segment: SegmentInfo, trace: number, spans: Spans): void {
  if (copy.fd === -1) startCopy(copy, dir);
  let extent = copy.extents.get(trace);
  if (!extent) copy.extents.set(trace, (extent = []));
  for (const line of readLines(segment.path, spans)) {
    extent.push(copy.offset, line.length);
    writeAll(copy, line);
  }
}

/** Its name is taken at once, empty; what is in it comes under another until the catalog knows of it. */
function startCopy(copy: Copy, dir: string): void {
  const created = createSegment(dir, 0, true);
  closeSync(created.fd);
  copy.number = created.number;
  copy.path = created.path;
  copy.fd = openSync(created.path + TMP, 'w', FILE_MODE);
  const encoder = new RecordEncoder();
  const length = encoder.encode(headerOf(makeBootId(0), Date.now() * 1000), 0);
  writeAll(copy, encoder.buffer.subarray(0, length));
}

function writeAll(copy: Copy, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(copy.fd, bytes, done);
  copy.offset += bytes.length;
}

function commitRows(db: CatalogDb, victims: Map<number, string>, closed: SegmentInfo[], copy: Copy): void {
  if (copy.fd !== -1) fsyncSync(copy.fd);
  for (const [id, key] of victims) deleteTrace(db, id, key);
  for (const { number } of closed) {
    for (const { trace } of db.all<{ trace: number }>('extentsOfSegment', number))
      db.run('deleteExtent', trace, number);
    db.run('markGone', number);
  }
  if (copy.fd === -1) return;
  db.run('putSegment', copy.number, 1, '', copy.offset, 0, '{}');
  for (const [trace, spans] of copy.extents) db.run('putExtent', trace, copy.number, packSpans(spans));
}

/** Where an open file cannot be deleted, the next start tries again; its row says until then that it is gone. */
function unlinked(path: string): boolean {
  try {
    rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
}

function rename(path: string): void {
  if (statSync(path + TMP, { throwIfNoEntry: false })) renameSync(path + TMP, path);
}

function dropUncommitted(segment: SegmentInfo): void {
  if (statSync(segment.path, { throwIfNoEntry: false })?.size !== 0) return;
  rmSync(segment.path + TMP, { force: true });
  rmSync(segment.path, { force: true });
}

function* lineSpans(spans: Spans): Generator<Overwrite> {
  for (let i = 0; i + 1 < spans.length; i += 2) yield { offset: spans[i]!, length: spans[i + 1]! };
}
