import type { Micros } from '../../../model/record.js';
import { FAILED_STATUSES, type TraceStatus } from '../../../model/status.js';
import { bucketOf } from './latency.js';
import type { UsageSums } from '../../../model/trace.js';
import { addSums, areEmpty, emptySums } from '../../../model/usage-sums.js';
import { FILTER_ONLY, type TermUses } from '../trace-terms.js';
import type { TraceShare } from './usage-share.js';

/** The share of one ended trace in the sums. */
export interface Contribution {
  startedAt: Micros;
  endedAt: Micros;
  status: TraceStatus;
  terms: TermUses;
  /** Replies that it recorded. Default: 0. */
  replies?: number;
  /** Its model calls; `undefined`: it made none. */
  usage?: TraceShare;
}

/** Counts and durations of one group: traces of a status, or steps of a tool or an agent. */
export class Cell {
  /** Durations per bucket of `latency.ts`. */
  readonly took = new Map<number, number>();
  /** Sums over model calls; `undefined`: there were none. */
  usage: UsageSums | undefined;

  constructor(
    /** Traces, or uses. */
    public count = 0,
    public errors = 0,
    /** Sum of the durations, in microseconds. */
    public us = 0,
  ) {}

  add(count: number, errors: number, us: number): void {
    this.count += count;
    this.errors += errors;
    this.us += us;
  }

  note(bucket: number, n: number): void {
    const sum = (this.took.get(bucket) ?? 0) + n;
    if (sum === 0) this.took.delete(bucket);
    else this.took.set(bucket, sum);
  }

  spend(usage: UsageSums, sign: 1 | -1): void {
    this.usage ??= emptySums();
    addSums(this.usage, usage, sign);
    if (areEmpty(this.usage)) this.usage = undefined;
  }

  merge(other: Cell): void {
    this.add(other.count, other.errors, other.us);
    if (other.usage) this.spend(other.usage, 1);
    for (const [bucket, n] of other.took) this.note(bucket, n);
  }
}

/** Terms of one range of time. Further terms are added up as `OTHER_TERMS`. */
const MAX_TERMS = 1_000;
export const OTHER_TERMS = 0;

/** Sums of the ended traces that began in one range of time. A trace can be added, and subtracted again. */
export class Rollup {
  readonly statuses = new Map<TraceStatus, Cell>();
  /** By number of the term. */
  readonly terms = new Map<number, Cell>();
  /** Replies that the traces recorded. */
  replies = 0;

  get traces(): number {
    let sum = 0;
    for (const { count } of this.statuses.values()) sum += count;
    return sum;
  }

  /** Traces that failed. */
  get errors(): number {
    return FAILED_STATUSES.reduce((sum, status) => sum + (this.statuses.get(status)?.count ?? 0), 0);
  }

  /** @param sign -1 subtracts what was added before */
  add({ startedAt, endedAt, status, terms, replies = 0, usage }: Contribution, sign: 1 | -1): void {
    this.replies += sign * replies;
    const us = Math.max(0, endedAt - startedAt);
    const cell = this.status(status);
    cell.add(sign, 0, sign * us);
    cell.note(bucketOf(us), sign);
    if (usage) cell.spend(usage.all, sign);
    for (const [term, use] of terms) {
      const spent = usage?.terms.get(term);
      if (spent) this.term(term).spend(spent, sign);
      if (use.n === FILTER_ONLY) continue;
      const of = this.term(term);
      // An agent that was routed to and has no span was used once.
      of.add(sign * Math.max(1, use.n), sign * use.errors, sign * use.us);
      for (const bucket of use.took) of.note(bucket, sign);
    }
  }

  merge(other: Rollup): void {
    this.replies += other.replies;
    for (const [status, cell] of other.statuses) this.status(status).merge(cell);
    for (const [term, cell] of other.terms) this.term(term).merge(cell);
  }

  private status(status: TraceStatus): Cell {
    let cell = this.statuses.get(status);
    if (!cell) this.statuses.set(status, (cell = new Cell()));
    return cell;
  }

  private term(term: number): Cell {
    const known = this.terms.get(term);
    if (known) return known;
    const number = this.terms.size < MAX_TERMS ? term : OTHER_TERMS;
    let cell = this.terms.get(number);
    if (!cell) this.terms.set(number, (cell = new Cell()));
    return cell;
  }
}
