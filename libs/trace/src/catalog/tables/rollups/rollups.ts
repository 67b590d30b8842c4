import type { Micros } from '../../../model/record.js';
import type { CatalogDb } from '../../db/catalog-db.js';
import { decodeRollup, encodeRollup } from './rollup-text.js';
import { Rollup, type Contribution } from './rollup.js';
import { LEVELS, type RollupRange } from './rollup-range.js';

/** Number of traces that began in one minute, hour or day. */
export interface RollupBar {
  at: Micros;
  traces: number;
  errors: number;
}

/** Decoded rows: 60 days, two times two days of hours, and those that are being indexed. */
const MAX_CACHED = 400;

/** Sums by minute, hour and day over all ended traces, changed by what each trace adds or takes away. */
export class Rollups {
  private readonly pending = new Map<string, { level: number; at: Micros; sums: Rollup }>();
  /** Decoded rows: indexing changes the same few rows repeatedly, and a page with stats reads the same ones. */
  private readonly cache = new Map<string, Rollup>();

  constructor(private readonly db: CatalogDb) {}

  /** @param sign -1 when the trace is deleted, or before a changed contribution is added */
  add(contribution: Contribution, sign: 1 | -1): void {
    this.change(0, contribution.startedAt).add(contribution, sign);
  }

  /** The sum over these ranges. @param each is called for each rollup in it, with its begin */
  read(ranges: readonly RollupRange[], each: (at: Micros, rollup: Rollup) => void = () => undefined): Rollup {
    const sums = new Rollup();
    const add = (at: Micros, rollup: Rollup): void => {
      sums.merge(rollup);
      each(at, rollup);
    };
    for (const { level, from, to } of ranges) {
      const width = LEVELS[level]!;
      // One trace of 1970 makes a range of 20,000 days.
      if (level > 0 && (to - from) / width < MAX_CACHED) {
        for (let at = from; at < to; at += width) add(at, this.load(`${level}:${at}`, level, at));
      } else {
        for (const { at, data } of this.db.all<{ at: Micros; data: string }>('rollups', level, from, to))
          add(at, decodeRollup(data));
      }
    }
    this.trim();
    return sums;
  }

  bars(ranges: readonly RollupRange[]): RollupBar[] {
    return ranges.flatMap(({ level, from, to }) => this.db.all<RollupBar>('rollupBars', level, from, to));
  }

  flush(): void {
    this.addUp();
    for (const [name, { level, at, sums: change }] of this.pending) {
      const sums = this.load(name, level, at);
      sums.merge(change);
      const { traces, errors } = sums;
      if (traces > 0) this.db.run('putRollup', level, at, traces, errors, encodeRollup(sums));
      else this.db.run('deleteRollup', level, at);
    }
    this.pending.clear();
    this.trim();
  }

  forget(): void {
    this.pending.clear();
    this.cache.clear();
  }

  /** A minute is added to its hour and its day once in a transaction, which has many traces of the same minute. */
  private addUp(): void {
    for (const { at, sums } of Array.from(this.pending.values())) {
      for (let level = 1; level < LEVELS.length; level += 1) this.change(level, at).merge(sums);
    }
  }

  /** The sum to which changes of this transaction are added. */
  private change(level: number, time: Micros): Rollup {
    const width = LEVELS[level]!;
    const at = Math.floor(time / width) * width;
    const name = `${level}:${at}`;
    let change = this.pending.get(name);
    if (!change) this.pending.set(name, (change = { level, at, sums: new Rollup() }));
    return change.sums;
  }

  private trim(): void {
    for (const name of this.cache.keys()) {
      if (this.cache.size <= MAX_CACHED) return;
      this.cache.delete(name);
    }
  }

  private load(name: string, level: number, at: Micros): Rollup {
    let sums = this.cache.get(name);
    if (!sums) {
      const row = this.db.get<{ data: string }>('rollup', level, at);
      this.cache.set(name, (sums = row ? decodeRollup(row.data) : new Rollup()));
    }
    return sums;
  }
}
