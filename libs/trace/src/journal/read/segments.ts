import { closeSync, fstatSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { wallNow } from '../../model/timers.js';
import { isWriterAlive, writerOf, type WriterIdentity } from '../writer-identity.js';
import { decodeLine } from '../codec/codec.js';
import { MAX_READ_BYTES, NEWLINE, parseSegmentFile } from '../codec/format.js';
import { isWide, kindOf, openForReading } from '../files/private-file.js';
import { lastLineEnd, readBytes } from './reader.js';
import { journalDir } from '../files/segment-file.js';

/** A segment's file. */
export interface SegmentInfo {
  number: number;
  /** Holds records copied forward from segments that are gone. */
  kept: boolean;
  path: string;
  size: number;
  mtimeMs: number;
  /** Changes with every write to the file, and differs between two files: size, times and inode. */
  stamp?: string;
  /** Its mode gives other users rights. Absent: it does not. */
  isWide?: true;
}

/** The `stamp` of a file. Its times and inode change with a copy or a restored backup, the time of change cannot be set. */
export function stampOf({ size, mtimeMs, ctimeMs, ino }: Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino'>): string {
  return `${size}.${mtimeMs}.${ctimeMs}.${ino}`;
}

/**
 * Segments in the order of their numbers, none without a directory. Only regular files are segments: through a link
 * another user could choose a file that is read and overwritten. See `strangeSegments`.
 */
export function listSegments(dir: string): SegmentInfo[] {
  return listFolder(dir).segments;
}

/** The segments with copies. The other files are not looked at. */
export function listCopies(dir: string): SegmentInfo[] {
  return listFolder(dir, undefined, ({ kept }) => kept).segments;
}

/** A sentence for each entry that has a segment's name and is no segment. */
export function strangeSegments(dir: string): string[] {
  return listFolder(dir).strange;
}

/**
 * Both lists from one pass over the folder: each entry costs a call to the file system.
 * @param known segments by number that are not looked at again where a file still has their name
 */
export function listFolder(
  dir: string,
  known: ReadonlyMap<number, SegmentInfo> = new Map(),
  isWanted: (name: Pick<SegmentInfo, 'number' | 'kept'>) => boolean = () => true,
): { segments: SegmentInfo[]; strange: string[] } {
  const journal = journalDir(dir);
  const segments: SegmentInfo[] = [];
  const strange: string[] = [];
  for (const name of namesIn(journal)) {
    const parsed = parseSegmentFile(name);
    if (!parsed || !isWanted(parsed)) continue;
    const same = known.get(parsed.number);
    if (same?.kept === parsed.kept) {
      segments.push(same);
      continue;
    }
    const path = join(journal, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) continue;
    const { size, mtimeMs } = stat;
    const kind = kindOf(stat);
    if (kind) strange.push(`${path} is a ${kind}, not a file; it is not read. Remove it.`);
    else if (size > MAX_READ_BYTES)
      strange.push(`${path} has ${size} bytes, more than any segment; it is not read. Remove it.`);
    else segments.push({ ...parsed, path, size, mtimeMs, stamp: stampOf(stat), ...(isWide(stat) && { isWide: true }) });
  }
  return { segments: segments.sort((a, b) => a.number - b.number), strange };
}

/** Names in the folder of segments; none where there is no folder. Throws what the file system throws. */
export function namesIn(journal: string): string[] {
  try {
    return readdirSync(journal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The process that wrote a segment, by its first line; `undefined` where that line is missing, unfinished or damaged. */
export function readWriter(path: string): WriterIdentity | undefined {
  try {
    const fd = openForReading(path);
    try {
      const start = readBytes(fd, 0, 4096);
      const end = start.indexOf(NEWLINE);
      const record = end === -1 ? undefined : decodeLine(start, 0, end);
      return record?.kind === 'segment' ? writerOf(record) : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** Where the whole lines of a segment end right now, and whether its last one is the seal. */
export function readEnd(path: string): { end: number; sealed: boolean } {
  const fd = openForReading(path);
  try {
    const end = lastLineEnd(fd, fstatSync(fd).size);
    const tail = readBytes(fd, Math.max(0, end - 256), Math.min(end, 256));
    const start = tail.lastIndexOf(NEWLINE, tail.length - 2) + 1;
    const sealed = decodeLine(tail, start, tail.length - 1)?.kind === 'seal';
    return { end, sealed };
  } finally {
    closeSync(fd);
  }
}

/**
 * Whether further records can come: not once it is sealed or its writer is dead. A file without a header counts as
 * being written for as long as one of another host would: its writer may have just created it.
 */
export function isBeingWritten(segment: SegmentInfo, nowMs = wallNow()): boolean {
  if (segment.kept) return false;
  const writer = readWriter(segment.path);
  if (!writer) return nowMs - segment.mtimeMs < 60_000;
  return isWriterAlive(writer, segment.mtimeMs, nowMs) && !readEnd(segment.path).sealed;
}
