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
  /** Sync the file to the disk twice a second. */
  sync: boolean;
  /** After each look at the disk. */
  onLook(): void;
}

/**
 * Background work for the open segment: the check of free space, the sign of life for other hosts, the sync. Its timers
 * keep no process alive and its calls do not block.
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
      // Not in the background: the descriptor may be another file's by then.
      if (open) futimesSync(open.fd, now, now);
    } catch {
      // The next append fails in the same way, and counts it.
    }
  }

  private sync(): void {
    const open = this.options.segment();
    const end = open ? open.number * 2 ** 40 + open.offset : 0;
    if (!open || end === this.syncedTo) return;
    fdatasync(open.fd, (error) => {
      // The segment may have been retired meanwhile, which syncs it too.
      if (!error) this.syncedTo = end;
    });
  }
}
