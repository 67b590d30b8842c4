import { readInto } from '../../../journal/read/reader.js';

/** The only page size of a catalog, in bytes. */
export const PAGE_BYTES = 4_096;

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;
/** With this number the checksums are over little-endian words; with the next one over big-endian words. */
const MAGIC = 0x377f0682;
const VERSION = 3_007_000;
/** Bytes read at once. A log usually has 4 MB, of which a part is valid. */
const CHUNK_BYTES = FRAME_BYTES * 64;
/** A longer log is not read: `journal_size_limit` keeps it at 4 MB, except while a connection holds an old snapshot. */
const MAX_BYTES = 256 * 1024 * 1024;
const IS_LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The state of a checksum, which each frame continues. */
type Sum = [number, number];

/** Transactions of a write-ahead log: the pages that they changed, read into memory. */
export interface WalFrames {
  /** Latest content of each page. */
  pages: Map<number, Uint8Array>;
  /** Frames up to the end of the last whole transaction. */
  frames: number;
  /** Pages of the database after that transaction; `undefined`: no transaction. */
  size: number | undefined;
  /** Two random numbers, which every frame of the log repeats. */
  salts: Buffer | undefined;
}

/**
 * Reads the whole transactions of a log, as SQLite does after a crash: up to the first frame whose salts or checksum do
 * not fit. Throws for a log of another page size.
 */
export function readWal(fd: number, size: number): WalFrames {
  const nothing: WalFrames = { pages: new Map(), frames: 0, size: undefined, salts: undefined };
  const header = readSome(fd, 0, HEADER_BYTES);
  const magic = header.length < HEADER_BYTES ? 0 : header.readUInt32BE(0);
  if ((magic & ~1) >>> 0 !== MAGIC || header.readUInt32BE(4) !== VERSION) return nothing;
  const isBig = (magic & 1) === 1;
  let sum = checksum(header.subarray(0, 24), [0, 0], isBig);
  if (!isSum(header, 24, sum)) return nothing;
  if (header.readUInt32BE(8) !== PAGE_BYTES) throw new Error('its log has pages of another size');
  if (size > MAX_BYTES) throw new Error(`its log has ${size} bytes`);
  const salts = header.subarray(16, 24);
  const found: WalFrames = { ...nothing, salts };
  let pending = new Map<number, Uint8Array>();
  let frames = 0;
  for (let at = HEADER_BYTES; ; at += CHUNK_BYTES) {
    const chunk = readSome(fd, at, CHUNK_BYTES);
    for (let start = 0; start + FRAME_BYTES <= chunk.length; start += FRAME_BYTES) {
      const frame = chunk.subarray(start, start + FRAME_BYTES);
      if (!frame.subarray(8, 16).equals(salts)) return found;
      sum = checksum(frame.subarray(FRAME_HEADER_BYTES), checksum(frame.subarray(0, 8), sum, isBig), isBig);
      if (!isSum(frame, 16, sum)) return found;
      frames += 1;
      pending.set(frame.readUInt32BE(0), frame.subarray(FRAME_HEADER_BYTES));
      const committed = frame.readUInt32BE(4);
      if (committed === 0) continue;
      for (const [page, bytes] of pending) found.pages.set(page, bytes);
      pending = new Map();
      found.frames = frames;
      found.size = committed;
    }
    if (chunk.length < CHUNK_BYTES) return found;
  }
}

/** Adds the words of `bytes`, whose length is a multiple of 8, to SQLite's checksum. */
function checksum(bytes: Buffer, [first, second]: Readonly<Sum>, isBig: boolean): Sum {
  let words: Uint32Array | Buffer = bytes;
  if (bytes.byteOffset % 4 !== 0 || isBig === IS_LITTLE) words = Buffer.from(bytes);
  if (isBig === IS_LITTLE) (words as Buffer).swap32();
  const all = new Uint32Array(words.buffer, words.byteOffset, words.byteLength / 4);
  let [one, two] = [first, second];
  for (let at = 0; at < all.length; at += 2) {
    one = (one + all[at]! + two) >>> 0;
    two = (two + all[at + 1]! + one) >>> 0;
  }
  return [one, two];
}

function isSum(bytes: Buffer, at: number, [one, two]: Readonly<Sum>): boolean {
  return bytes.readUInt32BE(at) === one && bytes.readUInt32BE(at + 4) === two;
}

/** Of its own memory: a slice of the pool may begin at any byte. */
function readSome(fd: number, from: number, length: number): Buffer {
  return readInto(Buffer.from(new ArrayBuffer(length)), fd, from, length);
}

/** A new log with these pages as one transaction. The salts are new, so that no older frame fits. */
export function walOf(pages: ReadonlyMap<number, Uint8Array>, size: number, salts: Buffer): Buffer {
  const log = Buffer.from(new ArrayBuffer(HEADER_BYTES + pages.size * FRAME_BYTES));
  log.writeUInt32BE(MAGIC, 0);
  log.writeUInt32BE(VERSION, 4);
  log.writeUInt32BE(PAGE_BYTES, 8);
  salts.copy(log, 16);
  let sum = checksum(log.subarray(0, 24), [0, 0], false);
  writeSum(log, 24, sum);
  let at = HEADER_BYTES;
  let left = pages.size;
  for (const [page, bytes] of pages) {
    left -= 1;
    log.writeUInt32BE(page, at);
    log.writeUInt32BE(left === 0 ? size : 0, at + 4);
    salts.copy(log, at + 8);
    log.set(bytes, at + FRAME_HEADER_BYTES);
    const body = log.subarray(at + FRAME_HEADER_BYTES, at + FRAME_BYTES);
    sum = checksum(body, checksum(log.subarray(at, at + 8), sum, false), false);
    writeSum(log, at + 16, sum);
    at += FRAME_BYTES;
  }
  return log;
}

function writeSum(bytes: Buffer, at: number, [one, two]: Readonly<Sum>): void {
  bytes.writeUInt32BE(one, at);
  bytes.writeUInt32BE(two, at + 4);
}
