import type { RecordDraft } from '../../model/record.js';
import { wallNow } from '../../model/timers.js';
import { PendingEnds } from './pending-ends.js';

/** A passing trouble costs a moment of records, a lasting one a try a second. */
const FIRST_DELAY_MS = 1;
const MAX_DELAY_MS = 1_000;

/**
 * Counts what could not be kept, by cause, and says when to try again: a full disk must not cost every event of the
 * application a failing system call. What the journal has to be told once it can be written again is `owed`.
 */
export class DropCounter {
  /** Since the start. */
  readonly total: Record<string, number> = {};
  /** Why writing fails at present; `undefined` while it works. */
  failing: string | undefined;
  /** There is something to tell: asked for every record. */
  owed = false;

  private readonly cut = new PendingEnds();
  private untold: Record<string, number> = {};
  private delay = 0;
  private blockedUntil = 0;

  /** Whether not to try right now. */
  get blocked(): boolean {
    return this.failing !== undefined && wallNow() < this.blockedUntil;
  }

  /** Writing failed: wait, twice as long as the last time. */
  failed(error: unknown): void {
    this.failing = (error as NodeJS.ErrnoException).code ?? 'unknown';
    this.delay = Math.min(this.delay === 0 ? FIRST_DELAY_MS : this.delay * 2, MAX_DELAY_MS);
    this.blockedUntil = wallNow() + this.delay;
  }

  works(): void {
    this.failing = undefined;
    this.delay = 0;
  }

  /** Records were dropped, or are gone. */
  count(cause: string, records = 1): void {
    this.total[cause] = (this.total[cause] ?? 0) + records;
    this.untold[cause] = (this.untold[cause] ?? 0) + records;
    this.owed = true;
  }

  /** A record came while nothing can be written: an end waits, any other is dropped. Answers whether it waits. */
  hold(draft: RecordDraft, cause: string): boolean {
    const held = this.cut.hold(draft);
    if (held) this.owed = true;
    else this.count(cause);
    return held;
  }

  /** Whether this record, which could be written, ends a trace that has nothing else. */
  isLoneEnd(draft: RecordDraft): boolean {
    return this.cut.isLoneEnd(draft);
  }

  /** Has `write` tell the journal. What it throws leaves the rest owed. */
  settle(write: (draft: RecordDraft) => void, ts: number): void {
    if (Object.keys(this.untold).length > 0) write({ kind: 'gap', dropped: this.untold, ts });
    this.untold = {};
    this.cut.release(write);
    this.owed = false;
  }
}
