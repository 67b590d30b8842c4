import { fdatasync, futimesSync } from 'node:fs';
import { clearInterval, setInterval, wallNow } from '../../model/timers.js';
import { HEARTBEAT_MS } from '../writer-identity.js';
import type { FreeSpace } from './free-space.js';
import type { OpenSegment } from './open-segment.js';

const LOOK_MS = 1_000;
const SYNC_MS = 500;

export interface SegmentWatchOptions {
  /** The segment that is written to now. */
  segment(): OpenSegment | undefined;
  space: FreeSpace;
  /** Bring what was written to the disk, twice a second. */
  sync: boolean;
  /** After each look at the disk. */
  onLook(): void;
}

/**
 * Everything about the open segment that need not happen at once, on timers that keep no process alive and with calls
 * that do not wait: is there room on the disk, the sign of life that other hosts look for, the sync.
 */
export class SegmentWatch {
  private readonly timers: NodeJS.Timeout[];
  private syncedTo = 0;

  constructor(private readonly options: SegmentWatchOptions) {
    this.timers = [
      setInterval(() => this.look(), LOOK_MS).unref(),
      setInterval(() => this.touch(), HEARTBEAT_MS).unref(),
      ...(options.sync ? [setInterval(() => this.sync(), SYNC_MS).unref()] : []),
    ];
  }

  look(): void {
    this.options.space.look(() => this.options.onLook());
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private touch(): void {
    const open = this.options.segment();
    const now = new Date(wallNow());
    try {
      // Not in the background: by then the number of the open file may be another file's.
      if (open) futimesSync(open.fd, now, now);
    } catch {
      // The next append will meet the same trouble, and count it.
    }
  }

  private sync(): void {
    const open = this.options.segment();
    const end = open ? open.number * 2 ** 40 + open.offset : 0;
    if (!open || end === this.syncedTo) return;
    fdatasync(open.fd, (error) => {
      // It may have been retired meanwhile, which syncs it.
      if (!error) this.syncedTo = end;
    });
  }
}
