import type { Micros } from '../../model/record.js';
import { performance, wallNow } from '../../model/timers.js';
import type { SharedRetention } from '../../shared/ship-target.js';
import type { Database } from '../connection/database.js';
import { ensureSchema } from '../schema/migrate.js';
import { DAY_US, DAYS_AHEAD, ensureDays } from '../schema/partitions.js';
import { sumClosedHours } from '../stats/sum-hours.js';
import { openErasures } from './erasures.js';
import { finishErasure, rewriteErasures } from './finish-erasure.js';
import { tidy } from './housekeeping.js';
import { markInterrupted } from './interrupted.js';
import { Lease } from './lease.js';
import { retain } from './retention.js';
import { removeLeftovers } from './rewrite-day.js';
import { daysWithRemains, scrubDays, scrubRest } from './scrub.js';

/** Time for searching traces for erased contacts in one run, in milliseconds. */
const SWEEP_MS = 15_000;
/** Files are scrubbed in these hours (UTC), and when nothing was shipped for a while. */
const NIGHT = { from: 1, to: 5 };
/** A day is scrubbed an hour after its end at the earliest, unless a user asks: nothing is written into it any more. */
const QUIET_US = 3_600_000_000;

const IS_IDLE = `
  SELECT NOT EXISTS (SELECT FROM nestjs_traces.batches WHERE stored_at > now() - interval '10 minutes')
    OR extract(hour FROM now() AT TIME ZONE 'UTC') BETWEEN ${NIGHT.from} AND ${NIGHT.to - 1} AS idle`;

/**
 * Does what is due, if no other process does it now or did it in this minute. Rejects with one sentence about what failed,
 * after all the rest was done.
 */
export async function maintain(db: Database, limits: SharedRetention): Promise<void> {
  await ensureSchema(db, 'write');
  const lease = await Lease.takeIfDue(db);
  if (!lease) return;
  try {
    await runMaintenance(db, limits, () => !lease.lost);
  } finally {
    await lease.release();
  }
}

/** All tasks, whichever process did them last. A test calls it; programs call `maintain`. @param goOn `false` ends it after the task */
export async function runMaintenance(
  db: Database,
  limits: SharedRetention,
  goOn: () => boolean = () => true,
): Promise<void> {
  const now: Micros = wallNow() * 1_000;
  const mayRewrite = db.target.manage === 'auto';
  const tasks: [name: string, work: () => Promise<unknown>][] = [
    ['partitions of the next days', async () => mayRewrite && ensureDays(db, nextDays(now))],
    ['traces of processes that are gone', () => markInterrupted(db, now)],
    ['remains of an earlier rewrite', async () => mayRewrite && removeLeftovers(db)],
    ['retention', () => retain(db, { limits, now, mayRewrite })],
    ['erased contacts', () => goOnErasing(db)],
    ['files of erased contacts', () => scrubWhenIdle(db, now)],
    ['sums of hours', () => sumClosedHours(db)],
    ['old rows', () => tidy(db, limits.errorMaxAgeMs)],
  ];
  const problems: string[] = [];
  const causes: unknown[] = [];
  for (const [name, work] of tasks) {
    if (!goOn()) break;
    try {
      await work();
    } catch (error) {
      causes.push(error);
      problems.push(`${name}: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) {
    throw new Error(`Maintenance of the shared store failed for ${problems.join('; ')}.`, { cause: causes[0] });
  }
}

function nextDays(now: Micros): Micros[] {
  return Array.from({ length: DAYS_AHEAD + 1 }, (_, n) => now + n * DAY_US);
}

async function goOnErasing(db: Database): Promise<void> {
  const deadline = performance.now() + SWEEP_MS;
  let finished = false;
  for (const erasure of await openErasures(db)) {
    if (performance.now() > deadline) break;
    finished = (await finishErasure(db, erasure, deadline - performance.now())) || finished;
  }
  if (finished && db.target.manage === 'auto') await rewriteErasures(db);
}

async function scrubWhenIdle(db: Database, now: Micros): Promise<void> {
  const days = await daysWithRemains(db, now - QUIET_US);
  if (days.length === 0 || !(await db.rows<{ idle: boolean }>(IS_IDLE))[0]!.idle) return;
  await scrubDays(db, days);
  await scrubRest(db);
}
