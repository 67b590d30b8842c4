import { closeSync, fstatSync, lstatSync, readSync, type BigIntStats } from 'node:fs';
import { openForReading } from '../../../journal/files/private-file.js';
import { readBytes } from '../../../journal/read/reader.js';
import { PAGE_BYTES, readWal, type WalFrames } from './wal-frames.js';

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
/** In the header of the file, two bytes: how it is written and read. 1: with a rollback journal, 2: with a write-ahead log. */
export const MODES_AT = 18;
const WITH_LOG = 2;
/** Places in SQLite's shared memory: the salts in both copies of its header, and how far a checkpoint was begun. */
const SALTS_AT = [32, 80] as const;
const SHARED_BYTES = 120;
/** Behind the bytes that SQLite locks, which Windows does not let others read. */
const ATTEMPTED_AT = 128;

/** The unit of `stat.blocks`. A file that takes less than a 64th of its size is no database, compressed or not. */
const BLOCK_BYTES = 512n;
const SPARSE = 64n;
const SMALL_BYTES = 64n * 1024n * 1024n;

/** Another process has moved pages that this snapshot needs: it must be taken again. */
export class SnapshotLost extends Error {}

/**
 * The pages of a catalog at one moment, without a lock: neither the file nor what is beside it is written, created or
 * locked, and a writer is not made to wait. The log's transactions are read into memory. Pages of the file itself may be
 * overwritten by a checkpoint of the application at any time. SQLite announces a checkpoint in its shared memory, which is
 * compared after each page that is read: a page read before the announcement is of this moment.
 */
export class CatalogSnapshot {
  /** Number of pages. */
  readonly size: number;
  /** Pages that the log has. */
  readonly inLog: ReadonlyMap<number, Uint8Array>;
  private readonly fd: number;
  private readonly stat: BigIntStats;
  private readonly wal: WalFrames;
  private readonly shared: Buffer | undefined;
  private readonly isLive: boolean;
  private sharedFd = -1;
  private sharedInode = -1;
  private lost = false;

  /** Throws an error with a reason when the file is no catalog, and what the file system throws. */
  constructor(private readonly file: string) {
    this.fd = openForReading(file);
    try {
      this.shared = this.readShared();
      this.stat = fstatSync(this.fd, { bigint: true });
      this.checkHeader();
      this.wal = this.readLog();
      this.inLog = this.wal.pages;
      this.size = this.wal.size ?? Number(this.stat.size) / PAGE_BYTES;
      this.isLive = this.isAnnounced(this.shared);
      if (!Number.isInteger(this.size)) throw new Error('it ends within a page');
    } catch (error) {
      this.close();
      throw error;
    }
    if (!this.isCurrent()) {
      this.close();
      throw new SnapshotLost('it changes');
    }
  }

  /** Fills `into` with the page; the first one has number 1. Throws `SnapshotLost`. */
  read(page: number, into: Uint8Array): void {
    const logged = this.inLog.get(page);
    if (logged) return void into.set(logged);
    const got = readSync(this.fd, into, 0, PAGE_BYTES, (page - 1) * PAGE_BYTES);
    if (!this.isCurrent()) throw new SnapshotLost('a checkpoint was made meanwhile');
    into.fill(0, got);
  }

  /** Whether no page that this snapshot reads can have been overwritten yet. */
  isCurrent(): boolean {
    this.lost ||= !this.isUntouched();
    return !this.lost;
  }

  /** Whether the catalog has transactions that this snapshot lacks, or is another file. */
  isOld(): boolean {
    const now = lstatSync(this.file, { bigint: true, throwIfNoEntry: false });
    return now?.ino !== this.stat.ino || now.mtimeNs !== this.stat.mtimeNs || !this.isSameShared(this.readShared());
  }

  close(): void {
    closeSync(this.fd);
    this.closeShared();
  }

  private isUntouched(): boolean {
    const shared = this.readShared();
    if (this.isLive) return shared !== undefined && this.isAnnounced(shared);
    if (!this.isSameShared(shared)) return false;
    const { size, mtimeNs } = fstatSync(this.fd, { bigint: true });
    return size === this.stat.size && mtimeNs === this.stat.mtimeNs;
  }

  private isSameShared(shared: Buffer | undefined): boolean {
    return shared === undefined ? this.shared === undefined : this.shared?.equals(shared) === true;
  }

  /** Whether the shared memory is of this log, and no checkpoint beyond its last transaction has been begun. */
  private isAnnounced(shared: Buffer | undefined): boolean {
    const { salts, frames } = this.wal;
    if (!shared || shared.length < SHARED_BYTES + 4 || !salts) return false;
    if (!SALTS_AT.every((at) => shared.subarray(at, at + salts.length).equals(salts))) return false;
    return shared.readUInt32LE(SHARED_BYTES) <= frames;
  }

  /** The shared memory without the bytes that are locked; `undefined` where no process has made one. */
  private readShared(): Buffer | undefined {
    const path = `${this.file}-shm`;
    const inode = lstatSync(path, { throwIfNoEntry: false })?.ino;
    if (inode === undefined) return undefined;
    if (inode !== this.sharedInode) {
      this.closeShared();
      try {
        this.sharedFd = openForReading(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      this.sharedInode = fstatSync(this.sharedFd).ino;
    }
    const header = readBytes(this.sharedFd, 0, SHARED_BYTES);
    return Buffer.concat([header, readBytes(this.sharedFd, ATTEMPTED_AT, 4)]);
  }

  private closeShared(): void {
    if (this.sharedFd !== -1) closeSync(this.sharedFd);
    this.sharedFd = this.sharedInode = -1;
  }

  private checkHeader(): void {
    const { size, blocks } = this.stat;
    if (size > SMALL_BYTES && blocks * BLOCK_BYTES * SPARSE < size) throw new Error(`${this.file} is a sparse file`);
    const header = readBytes(this.fd, 0, HEADER_BYTES);
    if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('it is not a database');
    if (header.readUInt16BE(16) !== PAGE_BYTES) throw new Error('it has pages of another size');
    if (header[MODES_AT] === WITH_LOG) return;
    if (lstatSync(`${this.file}-journal`, { throwIfNoEntry: false }))
      throw new Error('it has an unfinished transaction');
  }

  private readLog(): WalFrames {
    const nothing: WalFrames = { pages: new Map(), frames: 0, size: undefined, salts: undefined };
    if (!lstatSync(`${this.file}-wal`, { throwIfNoEntry: false })) return nothing;
    let fd: number;
    try {
      fd = openForReading(`${this.file}-wal`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothing;
      throw error;
    }
    try {
      return readWal(fd, fstatSync(fd).size);
    } finally {
      closeSync(fd);
    }
  }
}
