import type { Micros } from '../../model/record.js';
import type { TraceSample, UsageSums } from '../../model/trace.js';
import { addSums, areEmpty, emptySums } from '../../model/usage-sums.js';
import { LEVELS } from '../tables/rollups/rollup-range.js';
import type { Rollup } from '../tables/rollups/rollup.js';

const DAY = LEVELS[2];
/** Days of a sample, the newest. */
const MAX_DAYS = 400;

/** Sums over model calls by day, while a sample is made. */
export class UsageByDay {
  private readonly days = new Map<Micros, UsageSums>();

  /** @param at begin of the rollup, which is within one day */
  addRollup(at: Micros, { statuses }: Rollup): void {
    for (const { usage } of statuses.values()) if (usage) this.add(startOfDay(at), usage);
  }

  addTrace(at: Micros, usage: UsageSums | null): void {
    if (usage) this.add(startOfDay(at), usage);
  }

  result(): NonNullable<TraceSample['usageByDay']> {
    const days = Array.from(this.days, ([startedAt, usage]) => ({ startedAt, usage }));
    return days
      .filter(({ usage }) => !areEmpty(usage))
      .sort((a, b) => a.startedAt - b.startedAt)
      .slice(-MAX_DAYS);
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
