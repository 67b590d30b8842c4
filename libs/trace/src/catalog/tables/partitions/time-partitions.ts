import type { Micros } from '../../../model/record.js';
import type { CatalogDb } from '../../db/catalog-db.js';
import type { StatementName } from '../../db/statements.js';

/** A range of time from `from_us` to the beginning of the next one. The oldest also contains all earlier times. */
export interface TimePartition {
  number: number;
  from_us: Micros;
  /** Beginning of its newest trace. */
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
 * Divides time into partitions of about equally many traces: a new one begins when the newest is full. An index that begins
 * with the partition's number is walked partition by partition. In it the oldest traces, which retention deletes, lie
 * together, where they would be scattered over an index by contact or by text.
 */
export class TimePartitions {
  /** In the order of time; `undefined`: not read yet. */
  private partitions: TimePartition[] | undefined;
  private total = 0;
  private readonly dirty = new Set<TimePartition>();

  constructor(
    private readonly db: CatalogDb,
    private readonly statements: PartitionStatements,
    /** Number of traces that fill a partition, given the number of all traces. */
    private readonly size: (total: number) => number,
  ) {}

  /** Counts a new trace. Returns its partition. */
  enter(at: Micros): TimePartition {
    const partitions = this.loaded();
    const newest = partitions.at(-1);
    let partition = newest && !(newest.n >= this.size(this.total) && at > newest.last_us) ? this.of(at) : undefined;
    if (!partition) {
      partition = { number: (newest?.number ?? 0) + 1, from_us: at, last_us: at, n: 0 };
      partitions.push(partition);
    }
    partition.n += 1;
    this.total += 1;
    if (at > partition.last_us) partition.last_us = at;
    this.dirty.add(partition);
    return partition;
  }

  /** Uncounts a trace that `enter` counted with the same time. */
  leave(at: Micros): void {
    const partition = this.of(at);
    if (!partition) return;
    partition.n -= 1;
    this.total -= 1;
    this.dirty.add(partition);
    // The newest stays: its number would be assigned again, to another range of time.
    if (partition.n === 0 && partition !== this.loaded().at(-1))
      this.loaded().splice(this.loaded().indexOf(partition), 1);
  }

  /** The partition that contains a time; `undefined` while there is none. */
  of(at: Micros): TimePartition | undefined {
    const partitions = this.loaded();
    return partitions[Math.max(0, this.indexOf(at))];
  }

  /** Partitions that may have traces of these times, newest first. */
  newestFirst(since: Micros, until: Micros): TimePartition[] {
    const partitions = this.loaded();
    return partitions.slice(Math.max(0, this.indexOf(since)), Math.max(0, this.indexOf(until)) + 1).reverse();
  }

  /** Beginning of the next partition. */
  endOf(partition: TimePartition): Micros {
    const partitions = this.loaded();
    return partitions[partitions.indexOf(partition) + 1]?.from_us ?? Number.MAX_SAFE_INTEGER;
  }

  /** Beginning of a partition; the oldest contains all earlier times. */
  beginOf(partition: TimePartition): Micros {
    return this.loaded()[0] === partition ? Number.MIN_SAFE_INTEGER : partition.from_us;
  }

  flush(): void {
    for (const partition of this.dirty) {
      const { number, from_us: from, last_us: last, n } = partition;
      if (this.partitions!.includes(partition)) this.db.run(this.statements.put, number, from, last, n);
      else this.db.run(this.statements.remove, number);
    }
    this.dirty.clear();
  }

  forget(): void {
    this.partitions = undefined;
    this.dirty.clear();
  }

  private loaded(): TimePartition[] {
    // Rows are objects of the binding: they are copied before they are changed.
    if (!this.partitions) {
      this.partitions = this.db.all<TimePartition>(this.statements.all).map((partition) => ({ ...partition }));
      this.total = this.partitions.reduce((sum, { n }) => sum + n, 0);
    }
    return this.partitions;
  }

  /** Index of the last partition that begins at or before a time; -1: the time is before all of them. */
  private indexOf(at: Micros): number {
    const partitions = this.loaded();
    let low = 0;
    let high = partitions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (partitions[middle]!.from_us <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
