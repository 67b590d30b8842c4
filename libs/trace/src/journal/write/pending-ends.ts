import type { RecordDraft, TraceKey } from '../../model/record.js';

/** Most keys and most ends in memory: a disk that stays full must not fill the memory. */
const MAX_KEPT = 10_000;

/**
 * Traces whose first or last record could not be written. Without its end a trace would run forever, so the end waits
 * here until writing works again. A trace without any written record gets no end.
 */
export class PendingEnds {
  private readonly unopened = new Set<TraceKey>();
  private readonly waiting: RecordDraft[] = [];

  /** Takes a record that cannot be written. `false`: it is lost. */
  hold(draft: RecordDraft): boolean {
    if (draft.kind === 'open') {
      if (this.unopened.size < MAX_KEPT) this.unopened.add(draft.trace);
      return false;
    }
    if (draft.kind !== 'end' || this.unopened.delete(draft.trace) || this.waiting.length >= MAX_KEPT) return false;
    this.waiting.push(draft);
    return true;
  }

  /** Whether this record, which could be written, is the end of a trace that has nothing else. */
  isLoneEnd(draft: RecordDraft): boolean {
    if (this.unopened.size === 0 || !('trace' in draft)) return false;
    return this.unopened.delete(draft.trace) && draft.kind === 'end';
  }

  /** Writes the waiting ends with `write`, oldest first. When that throws, the rest waits on. */
  release(write: (end: RecordDraft) => void): void {
    let written = 0;
    try {
      for (const end of this.waiting) {
        write(end);
        written += 1;
      }
    } finally {
      this.waiting.splice(0, written);
    }
  }
}
