import type { Micros } from '../../model/record.js';
import type { TraceSample, UsageSums } from '../../model/trace.js';
import { addSums, areEmpty, emptySums } from '../../model/usage-sums.js';
import { LEVELS, rollupRanges } from '../tables/rollups/rollup-range.js';
import type { Rollups } from '../tables/rollups/rollups.js';
import { usageOf } from '../tables/trace-row.js';

const DAY = LEVELS[2];
/** Days of a sample, the newest: one trace of 1970 makes a range of 20,000 days. */
const MAX_DAYS = 400;

/** Sums over model calls by day, while a sample is made. */
export class UsageByDay {
  private readonly days = new Map<Micros, UsageSums>();

  /** @param from begin of a minute @param to exclusive */
  addRollups(rollups: Rollups, from: Micros, to: Micros): void {
    const first = Math.max(startOfDay(from), startOfDay(to) - MAX_DAYS * DAY);
    for (let day = first; day < to; day += DAY) {
      const usage = rollups.usage(rollupRanges(Math.max(day, from), Math.min(day + DAY, to)));
      if (usage) this.add(day, usage);
    }
  }

  addRow({ started_us: at, calls }: { started_us: Micros; calls: string | null }): void {
    const usage = usageOf(calls);
    if (usage) this.add(startOfDay(at), usage);
  }

  result(): NonNullable<TraceSample['usageByDay']> {
    const days = Array.from(this.days, ([startedAt, usage]) => ({ startedAt, usage }));
    return days.filter(({ usage }) => !areEmpty(usage)).sort((a, b) => a.startedAt - b.startedAt);
  }

  private add(day: Micros, usage: UsageSums): void {
    const sums = this.days.get(day) ?? emptySums();
    this.days.set(day, sums);
    addSums(sums, usage);
  }
}

function startOfDay(at: Micros): Micros {
  return Math.floor(at / DAY) * DAY;
}
