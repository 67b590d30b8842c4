import { currentStore } from '../../trace-context.js';
import type { ContextStore } from '../../trace-context.js';
import { isAbort } from './abort-error.js';
import { NestedCalls } from './stream-follower.js';
import type { ReadingSource } from './stream-follower.js';
import type { Reading } from './stream-use.js';

/**
 * The streams that one stream was split into. Their parts are counted at their source. A branch reports only that its
 * reader leaves, of which the source may have no event.
 */
export class Branches extends NestedCalls implements ReadingSource {
  private readonly reading = new Set<Reading>();
  private left = 0;

  /**
   * @param onLeft the source is left
   * @param needed how many branches must be left for that; `undefined`: all that are being read
   */
  constructor(
    private readonly onLeft: () => void,
    private readonly needed?: number,
  ) {
    super();
  }

  begin(): Reading | undefined {
    if (this.nested) return undefined;
    const branch = new BranchReading((left) => this.over(branch, left));
    this.reading.add(branch);
    return branch;
  }

  private over(branch: Reading, left: boolean): void {
    this.reading.delete(branch);
    if (!left) return;
    this.left += 1;
    if (this.needed === undefined ? this.reading.size === 0 : this.left >= this.needed) this.onLeft();
  }
}

class BranchReading implements Reading {
  over = false;
  /** A branch is read in its reader's context. */
  readonly store: ContextStore = currentStore();

  constructor(private readonly onOver: (left: boolean) => void) {}

  part(): void {}

  end(): void {
    this.settle(false);
  }

  fail(error: unknown): void {
    this.settle(isAbort(error));
  }

  leave(): void {
    this.settle(true);
  }

  private settle(left: boolean): void {
    if (this.over) return;
    this.over = true;
    this.onOver(left);
  }
}
