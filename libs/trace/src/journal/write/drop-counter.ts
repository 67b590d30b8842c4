import type { RecordDraft } from '../../model/record.js';
import { wallNow } from '../../model/timers.js';
import { PendingEnds } from './pending-ends.js';

/** Waits between two attempts to write: the first one, and the longest one, which a lasting failure reaches. */
const FIRST_DELAY_MS = 1;
const MAX_DELAY_MS = 1_000;

/**
 * Counts lost records by cause and backs off: with a full disk, not every event of the application may cost a failing
 * system call. Once writing works again, `settle` writes the counts and the ends that waited.
 */
export class DropCounter {
  /** Lost records since the start, by cause. */
  readonly total: Record<string, number> = {};
  /** Why writing fails at present; `undefined` while it works. */
  failing: string | undefined;
  /** `settle` has something to write. A field, because it is read for every record. */
  owed = false;

  private readonly ends = new PendingEnds();
  private unwritten: Record<string, number> = {};
  private delay = 0;
  private blockedUntil = 0;

  /** Whether the back-off is not over. */
  get blocked(): boolean {
    return this.failing !== undefined && wallNow() < this.blockedUntil;
  }

  /** Writing failed: back off, twice as long as the last time. */
  failed(error: unknown): void {
    this.failing = (error as NodeJS.ErrnoException).code ?? 'unknown';
    this.delay = Math.min(this.delay === 0 ? FIRST_DELAY_MS : this.delay * 2, MAX_DELAY_MS);
    this.blockedUntil = wallNow() + this.delay;
  }

  works(): void {
    this.failing = undefined;
    this.delay = 0;
  }

  /** Counts records that were dropped, or that were lost after they had been written. */
  count(cause: string, records = 1): void {
    this.total[cause] = (this.total[cause] ?? 0) + records;
    this.unwritten[cause] = (this.unwritten[cause] ?? 0) + records;
    this.owed = true;
  }

  /** Takes a record that cannot be written now: an end waits, any other is dropped. Returns whether it waits. */
  hold(draft: RecordDraft, cause: string): boolean {
    const held = this.ends.hold(draft);
    if (held) this.owed = true;
    else this.count(cause);
    return held;
  }

  /** Whether this record, which could be written, ends a trace that has nothing else. */
  isLoneEnd(draft: RecordDraft): boolean {
    return this.ends.isLoneEnd(draft);
  }

  /** Writes the counts and the waiting ends with `write`. When that throws, the rest stays owed. */
  settle(write: (draft: RecordDraft) => void, ts: number): void {
    if (Object.keys(this.unwritten).length > 0) write({ kind: 'gap', dropped: this.unwritten, ts });
    this.unwritten = {};
    this.ends.release(write);
    this.owed = false;
  }
}
