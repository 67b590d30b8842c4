import type { RecordDraft, TraceKey } from '../../model/record.js';

/** Of each sort; a disk that is full for long must not fill the memory instead. */
const MAX_KEPT = 10_000;

/**
 * Traces whose beginning or end met a disk that took nothing. An end is small, and without it a trace would run for
 * ever: it waits here until writing works again. A trace of which no record was kept is left out altogether.
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

  /** Has `write` take the ends that wait, oldest first; those it throws at stay. */
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
