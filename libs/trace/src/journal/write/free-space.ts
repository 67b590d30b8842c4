import { statfs } from 'node:fs';

/** Capture stops while less than this is free, or less than this share of a small disk: the application needs the rest. */
export const FLOOR_BYTES = 256 * 1024 * 1024;
export const FLOOR_SHARE = 0.05;
/** Capture resumes at this multiple of the floor, so that it does not stop again with the next record. */
const RESUME = 1.1;

/** Bounds of `stride`, in bytes. */
const MIN_STRIDE = 64 * 1024;
const MAX_STRIDE = 8 * 1024 * 1024;

/** Watches the free space of a disk, off the path of the records. */
export class FreeSpace {
  /** The free space is below the floor. `false` where it cannot be read: then a write fails or succeeds. */
  low = false;
  /** Bytes after which to look again, half of the space above the floor: a small disk can fill up within a second. */
  stride = MAX_STRIDE;
  private asking = false;

  /** @param minFreeBytes instead of the floor above */
  constructor(
    private readonly dir: string,
    private readonly minFreeBytes?: number,
  ) {}

  /** Looks in the background, then calls `then`. */
  look(then: () => void): void {
    if (this.asking) return;
    this.asking = true;
    statfs(this.dir, (error, stats) => {
      this.asking = false;
      if (error) this.low = false;
      else {
        const floor = this.minFreeBytes ?? Math.min(FLOOR_BYTES, stats.blocks * stats.bsize * FLOOR_SHARE);
        const above = stats.bavail * stats.bsize - (this.low ? floor * RESUME : floor);
        this.low = above < 0;
        this.stride = Math.min(Math.max(above / 2, MIN_STRIDE), MAX_STRIDE);
      }
      then();
    });
  }
}
