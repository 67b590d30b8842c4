import { randomUUID } from 'node:crypto';
import { clearInterval, delay, performance, setInterval } from '../../model/timers.js';
import type { Database } from '../connection/database.js';

/** A holder that died is replaced after this time. */
const HELD_FOR = '60 seconds';
const RENEW_MS = 20_000;
/** All processes ask once a minute; the first one does the work of that minute. */
const NEXT_AFTER = '50 seconds';
const RETRY_MS = 200;

const TAKE = `
  UPDATE nestjs_traces.maintenance SET holder = $1, leased_until = now() + interval '${HELD_FOR}'
  WHERE leased_until < now()`;
const TAKE_DUE = `
  UPDATE nestjs_traces.maintenance
  SET holder = $1, leased_until = now() + interval '${HELD_FOR}', due_at = now() + interval '${NEXT_AFTER}'
  WHERE leased_until < now() AND due_at <= now()`;
const RENEW = `
  UPDATE nestjs_traces.maintenance SET leased_until = now() + interval '${HELD_FOR}' WHERE holder = $1`;
const RELEASE = `
  UPDATE nestjs_traces.maintenance SET holder = NULL, leased_until = '-infinity' WHERE holder = $1`;

/**
 * The right to rewrite partitions, for one process at a time. It is a row and no lock: work takes minutes, and neither a
 * transaction nor a connection may be held for that long. Two holders at once, after a process was suspended, do no harm:
 * each rewrite checks that the partition is still the one that it copied.
 */
export class Lease {
  private readonly timer: NodeJS.Timeout;
  private wasLost = false;

  private constructor(
    private readonly db: Database,
    private readonly holder: string,
  ) {
    this.timer = setInterval(() => void this.renew(), RENEW_MS).unref();
  }

  /** `undefined`: another process has it, or did the work of this minute. */
  static async takeIfDue(db: Database): Promise<Lease | undefined> {
    return Lease.take(db, TAKE_DUE);
  }

  /** `undefined`: another process had it for all of this time. */
  static async takeWithin(db: Database, waitMs: number): Promise<Lease | undefined> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const lease = await Lease.take(db, TAKE);
      if (lease || performance.now() > deadline) return lease;
      await delay(RETRY_MS);
    }
  }

  private static async take(db: Database, statement: string): Promise<Lease | undefined> {
    const holder = randomUUID();
    return (await db.run(statement, [holder])) > 0 ? new Lease(db, holder) : undefined;
  }

  /** Another process took it, because this one could not renew it in time. */
  get lost(): boolean {
    return this.wasLost;
  }

  /** Does not reject: a lease that could not be released ends by itself. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.db.run(RELEASE, [this.holder]).catch(() => undefined);
  }

  private async renew(): Promise<void> {
    try {
      if ((await this.db.run(RENEW, [this.holder])) === 0) this.wasLost = true;
    } catch {
      // The next renewal may reach the database; otherwise the lease ends.
    }
  }
}
