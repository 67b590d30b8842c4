import type { SharedRetention } from '../../shared/ship-target.js';
import type { ClickHouse } from '../connection/click-house.js';
import { NOW_US } from '../heads/shown.js';
import { finishErasure } from './finish-erasure.js';
import { writeInterrupted } from './interrupted.js';
import { retain } from './retention.js';
import { scrubErasures } from './scrub.js';
import { deleteRemoved } from './sweep.js';

/** All processes ask once a minute: the first one does the work of that minute. */
const MINUTE_US = 50_000_000;
/** Files with remains of erased contacts are rewritten this often at most. */
const SCRUB_US = 6 * 3_600_000_000;
/** What is masked of mentions in one run, in milliseconds. */
const MASK_MS = 20_000;
/** A trace that was cleared stays in the list of removed ones for this long: what was on its way to the table is deleted too. */
const LATE_US = 120_000_000;

const LAST = `
SELECT toInt64(max(at_us)) AS at_us, ${NOW_US} AS now_us FROM nestjs_traces.runs FINAL WHERE task = {task:String}`;

/**
 * Does what is due. There is no lock in ClickHouse: two processes may come at the same moment, and each task does no harm
 * when it is done twice. A task that fails does not stop the others; the first failure is thrown at the end.
 */
export async function maintain(db: ClickHouse, limits: SharedRetention): Promise<void> {
  const nowUs = await takeTurn(db, 'minute', MINUTE_US);
  if (nowUs === undefined) return;
  const failures: unknown[] = [];
  const attempt = (work: Promise<void>): Promise<void> => work.catch((error: unknown) => void failures.push(error));
  await attempt(writeInterrupted(db));
  await attempt(finishErasure(db, undefined, MASK_MS));
  await attempt(deleteRemoved(db, nowUs - LATE_US));
  await attempt(retain(db, limits, nowUs));
  if ((await takeTurn(db, 'scrub', SCRUB_US)) !== undefined) await attempt(scrubErasures(db));
  if (failures.length > 0) throw failures[0];
}

/** The server's time; `undefined`: a process did the task less than `everyUs` ago. */
async function takeTurn(db: ClickHouse, task: string, everyUs: number): Promise<number | undefined> {
  const [last] = await db.rows<{ at_us: number; now_us: number }>(LAST, { task });
  if (last!.at_us > last!.now_us - everyUs) return undefined;
  await db.insert('runs', [{ task }]);
  return last!.now_us;
}
