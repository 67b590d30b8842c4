import type { Micros } from '../../../model/record.js';
import type { CatalogDb } from '../../db/catalog-db.js';
import type { StatementName } from '../../db/statements.js';

/** A stretch of time, from `from_us` to where the next one begins. The oldest one has all that is older, too. */
export interface TimePartition {
  number: number;
  from_us: Micros;
  /** Begin of its newest trace. */
  last_us: Micros;
  /** Traces in it. */
  n: number;
}

export interface PartitionStatements {
  all: StatementName;
  put: StatementName;
  remove: StatementName;
}

/**
 * Cuts time into slices of about as many traces each: a new one begins when the newest is full. An index that leads
 * with the slice's number is walked slice by slice, and what retention takes from it, the oldest traces, lies
 * together, where it would be strewn over an index by contact or by text.
 */
export class TimePartitions {
  /** In the order of time; `undefined`: to be read again. */
  private slices: TimePartition[] | undefined;
  private total = 0;
  private readonly dirty = new Set<TimePartition>();

  constructor(
    private readonly db: CatalogDb,
    private readonly statements: PartitionStatements,
    /** How many traces fill a slice, by how many there are. */
    private readonly size: (total: number) => number,
  ) {}

  /** Counts a new trace in; answers its slice. */
  enter(at: Micros): TimePartition {
    const slices = this.loaded();
    const newest = slices.at(-1);
    let slice = newest && !(newest.n >= this.size(this.total) && at > newest.last_us) ? this.of(at) : undefined;
    if (!slice) {
      slice = { number: (newest?.number ?? 0) + 1, from_us: at, last_us: at, n: 0 };
      slices.push(slice);
    }
    slice.n += 1;
    this.total += 1;
    if (at > slice.last_us) slice.last_us = at;
    this.dirty.add(slice);
    return slice;
  }

  /** Counts a trace out, which had been counted in with the same time. */
  leave(at: Micros): void {
    const slice = this.of(at);
    if (!slice) return;
    slice.n -= 1;
    this.total -= 1;
    this.dirty.add(slice);
    // Never the newest: its number would be given out again, and mean another time.
    if (slice.n === 0 && slice !== this.loaded().at(-1)) this.loaded().splice(this.loaded().indexOf(slice), 1);
  }

  /** The slice that a time is in, of those there are. */
  of(at: Micros): TimePartition | undefined {
    const slices = this.loaded();
    return slices[Math.max(0, this.indexOf(at))];
  }

  /** Slices that may have traces of these times, newest first. */
  newestFirst(since: Micros, until: Micros): TimePartition[] {
    const slices = this.loaded();
    return slices.slice(Math.max(0, this.indexOf(since)), Math.max(0, this.indexOf(until)) + 1).reverse();
  }

  /** Where the slice after this one begins. */
  endOf(slice: TimePartition): Micros {
    const slices = this.loaded();
    return slices[slices.indexOf(slice) + 1]?.from_us ?? Number.MAX_SAFE_INTEGER;
  }

  /** Whether it is the oldest, which has all that is older. */
  beginOf(slice: TimePartition): Micros {
    return this.loaded()[0] === slice ? Number.MIN_SAFE_INTEGER : slice.from_us;
  }

  flush(): void {
    for (const slice of this.dirty) {
      const { number, from_us: from, last_us: last, n } = slice;
      if (this.slices!.includes(slice)) this.db.run(this.statements.put, number, from, last, n);
      else this.db.run(this.statements.remove, number);
    }
    this.dirty.clear();
  }

  forget(): void {
    this.slices = undefined;
    this.dirty.clear();
  }

  private loaded(): TimePartition[] {
    // Copied: rows are the binding's own objects.
    if (!this.slices) {
      this.slices = this.db.all<TimePartition>(this.statements.all).map((slice) => ({ ...slice }));
      this.total = this.slices.reduce((sum, { n }) => sum + n, 0);
    }
    return this.slices;
  }

  /** Of the last slice that begins at or before a time; -1: before all. */
  private indexOf(at: Micros): number {
    const slices = this.loaded();
    let low = 0;
    let high = slices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (slices[middle]!.from_us <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
