import type { Micros } from '../../../model/record.js';
import { FAILED_STATUSES, type TraceStatus } from '../../../model/status.js';
import { bucketOf } from './latency.js';
import type { TermUses } from '../trace-terms.js';

/** What one ended trace adds to the sums. */
export interface Contribution {
  startedAt: Micros;
  endedAt: Micros;
  status: TraceStatus;
  terms: TermUses;
}

/** Durations of one sort: traces of a status, or a tool's or an agent's steps. */
export class Cell {
  /** How many in buckets of `latency.ts`. */
  readonly took = new Map<number, number>();

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

  merge(other: Cell): void {
    this.add(other.count, other.errors, other.us);
    for (const [bucket, n] of other.took) this.note(bucket, n);
  }
}

/** Names that a span of time tells apart; what comes beyond them is added up as one without a name. */
const MAX_LABELS = 1_000;
export const OTHER_LABELS = 0;

/** The sums over the ended traces that began in one span of time. They can be added, and taken away again. */
export class Rollup {
  readonly statuses = new Map<TraceStatus, Cell>();
  /** By number in `labels`. */
  readonly terms = new Map<number, Cell>();

  get traces(): number {
    let sum = 0;
    for (const { count } of this.statuses.values()) sum += count;
    return sum;
  }

  /** How many failed. */
  get errors(): number {
    return FAILED_STATUSES.reduce((sum, status) => sum + (this.statuses.get(status)?.count ?? 0), 0);
  }

  /** @param sign -1 takes away what was added before */
  add({ startedAt, endedAt, status, terms }: Contribution, sign: 1 | -1): void {
    const us = Math.max(0, endedAt - startedAt);
    const cell = this.status(status);
    cell.add(sign, 0, sign * us);
    cell.note(bucketOf(us), sign);
    for (const [label, use] of terms) {
      const of = this.label(label);
      // An agent that was routed to and has no span of its own was at work once all the same.
      of.add(sign * Math.max(1, use.n), sign * use.errors, sign * use.us);
      for (const bucket of use.took) of.note(bucket, sign);
    }
  }

  merge(other: Rollup): void {
    for (const [status, cell] of other.statuses) this.status(status).merge(cell);
    for (const [label, cell] of other.terms) this.label(label).merge(cell);
  }

  private status(status: TraceStatus): Cell {
    let cell = this.statuses.get(status);
    if (!cell) this.statuses.set(status, (cell = new Cell()));
    return cell;
  }

  private label(label: number): Cell {
    const known = this.terms.get(label);
    if (known) return known;
    const room = this.terms.size < MAX_LABELS ? label : OTHER_LABELS;
    let cell = this.terms.get(room);
    if (!cell) this.terms.set(room, (cell = new Cell()));
    return cell;
  }
}
