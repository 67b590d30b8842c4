import type { Micros } from '../../../model/record.js';
import type { CatalogDb } from '../../db/catalog-db.js';
import { decodeRollup, encodeRollup } from './rollup-text.js';
import { Rollup, type Contribution } from './rollup.js';
import { LEVELS, type RollupRange } from './rollup-range.js';

/** Traces that began in one minute, hour or day. */
export interface RollupBar {
  at: Micros;
  traces: number;
  errors: number;
}

/** Of rows, decoded: 60 days, two times two days of hours, and what is being indexed. */
const MAX_CACHED = 400;

/** Sums by minute, hour and day over all ended traces, changed by what each trace adds or takes away. */
export class Rollups {
  private readonly pending = new Map<string, { level: number; at: Micros; sums: Rollup }>();
  /** Rows, decoded: indexing changes the same few again and again, and a page that shows stats asks for the same. */
  private readonly cache = new Map<string, Rollup>();

  constructor(private readonly db: CatalogDb) {}

  /** @param sign -1: the trace is gone, or adds something else from now on */
  add(contribution: Contribution, sign: 1 | -1): void {
    for (const [level, width] of LEVELS.entries()) {
      const at = Math.floor(contribution.startedAt / width) * width;
      const name = `${level}:${at}`;
      let change = this.pending.get(name);
      if (!change) this.pending.set(name, (change = { level, at, sums: new Rollup() }));
      change.sums.add(contribution, sign);
    }
  }

  /** The sums of these stretches together. */
  read(stretches: readonly RollupRange[]): Rollup {
    const sums = new Rollup();
    for (const { level, from, to } of stretches) {
      const width = LEVELS[level]!;
      // One trace of 1970 makes a range of 20,000 days.
      if (level > 0 && (to - from) / width < MAX_CACHED) {
        for (let at = from; at < to; at += width) sums.merge(this.load(`${level}:${at}`, level, at));
      } else {
        for (const { data } of this.db.all<{ data: string }>('rollups', level, from, to))
          sums.merge(decodeRollup(data));
      }
    }
    this.trim();
    return sums;
  }

  bars(stretches: readonly RollupRange[]): RollupBar[] {
    return stretches.flatMap(({ level, from, to }) => this.db.all<RollupBar>('rollupBars', level, from, to));
  }

  flush(): void {
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
