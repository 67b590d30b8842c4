import type { SegmentInfo } from '../../journal/read/segments.js';
import { deleteTraces } from './delete-trace.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import type { IndexedSegments } from './indexed-segments.js';
import { reindexTrace } from './reindex-trace.js';

type Change = 'removed' | 'changed';

/** Segment numbers named in a problem. */
const MAX_NAMED = 5;

/** Takes segments out of the index whose file is gone or is another one, and reports them. */
export class ChangedSegments {
  /** Changes that other programs made to segments since the start. */
  private readonly reported = new Map<number, Change>();

  constructor(
    private readonly transaction: IndexTransaction,
    private readonly dir: string,
    private readonly segments: IndexedSegments,
  ) {}

  /** Returns whether traces were changed. Runs in the caller's transaction. */
  remove(files: readonly SegmentInfo[]): boolean {
    const vanished = this.segments.vanished(files);
    for (const { number, gone } of vanished) if (!gone) this.report(number, 'removed');
    // With an index in each process, another one may have copied their lines into a segment that is read next.
    const copied = this.transaction.db.changes !== undefined;
    this.takeOut(
      vanished.map(({ number }) => number),
      copied,
    );
    const replaced = this.segments.replaced(files);
    for (const number of replaced) this.report(number, 'changed');
    // They are read again from byte 0. Traces with lines in other segments keep those.
    this.takeOut(replaced, true);
    return vanished.length > 0 || replaced.length > 0;
  }

  /** One sentence for each kind of change. */
  problems(): string[] {
    return [...this.sentence('removed', 'their traces are gone'), ...this.sentence('changed', 'they were read again')];
  }

  private takeOut(numbers: readonly number[], reindex: boolean): void {
    if (numbers.length === 0) return;
    const keys = new Set(numbers.flatMap((number) => this.segments.remove(number)));
    const emptied = this.transaction.db.all<{ id: number }>('tracesWithoutExtents');
    deleteTraces(
      this.transaction,
      emptied.map(({ id }) => id),
    );
    if (reindex) for (const key of keys) reindexTrace(this.transaction, this.dir, key);
  }

  /** With an index in each process, another one's retention is the likely cause, and looks like a change from outside. */
  private report(number: number, change: Change): void {
    if (!this.transaction.db.changes) this.reported.set(number, change);
  }

  private sentence(change: Change, result: string): string[] {
    const numbers = [...this.reported.keys()].filter((number) => this.reported.get(number) === change);
    if (numbers.length === 0) return [];
    const more = numbers.length > MAX_NAMED ? ` and ${numbers.length - MAX_NAMED} more` : '';
    return [
      `Another program ${change} journal segments (${numbers.slice(0, MAX_NAMED).join(', ')}${more}); ${result}.`,
    ];
  }
}
