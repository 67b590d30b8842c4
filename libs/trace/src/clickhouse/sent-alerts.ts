import { randomUUID } from 'node:crypto';
import { delay } from '../model/timers.js';
import type { AlertClaim, SentAlert, SentAlerts } from '../store/sent-alerts.js';
import type { ClickHouse } from './connection/click-house.js';
import { ensureSchema } from './schema/migrate.js';

/**
 * ClickHouse has neither a lock nor a row that only one can insert. So a process looks whether the subject was claimed, inserts
 * its claim, waits until all that looked at the same time have inserted theirs, and looks who was first.
 */
const SETTLE_MS = 1_000;

const CLAIMS = `
SELECT token FROM nestjs_traces.alerts_sent
WHERE rule = {rule:String} AND subject = {subject:String} AND seen_us > {after:Int64} AND seen_us <= {until:Int64}
ORDER BY ordered_us, token`;

/** Of the claims of one alert, the first one was sent. */
const LIST = `
SELECT rule, subject, seen_us AS at, title, instance FROM nestjs_traces.alerts_sent
WHERE title IS NOT NULL ORDER BY seen_us DESC, ordered_us, token LIMIT 1 BY rule, subject LIMIT {limit:UInt32}`;

/** The alerts that the instances of one database sent. Replicas that lag behind by more than a second may send one twice. */
export class ClickHouseSentAlerts implements SentAlerts {
  constructor(private readonly db: ClickHouse) {}

  async claim({ rule, subject, at, holdMs, extend = false, alert }: AlertClaim): Promise<boolean> {
    await ensureSchema(this.db, 'write');
    // Clocks differ: a claim that another process made at a later time counts, too.
    const range = { rule, subject, after: at - holdMs * 1_000, until: at + holdMs * 1_000 };
    const row = { rule, subject, token: randomUUID(), seen_us: at };
    const earlier = await this.tokens(range);
    if (earlier.length > 0) {
      if (extend) await this.db.insert('alerts_sent', [row]);
      return false;
    }
    await this.db.insert('alerts_sent', [{ ...row, ...alert }]);
    await delay(SETTLE_MS, { ref: false });
    return (await this.tokens(range))[0] === row.token;
  }

  async list(limit: number): Promise<SentAlert[]> {
    await ensureSchema(this.db, 'read');
    return this.db.rows<SentAlert>(LIST, { limit });
  }

  private async tokens(range: object): Promise<string[]> {
    return (await this.db.rows<{ token: string }>(CLAIMS, { ...range })).map(({ token }) => token);
  }
}
