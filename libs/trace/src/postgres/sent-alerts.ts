import type { AlertClaim, SentAlert, SentAlerts } from '../store/sent-alerts.js';
import type { Database } from './connection/database.js';
import { pgText } from './connection/pg-text.js';
import { randomUUID } from 'node:crypto';
import { ensureSchema } from './schema/migrate.js';

/** The row has the token of the claim that succeeded last. `$7`: the time up to which the subject must not have been seen. */
const CLAIM = `
  INSERT INTO nestjs_traces.alerts_sent AS a (rule, subject, seen_us, token, sent_us, title, instance)
  VALUES ($1, $2, $3, $4, $3, $5, $6)
  ON CONFLICT (rule, subject) DO UPDATE SET
    seen_us = CASE WHEN a.seen_us <= $7 OR $8 THEN greatest(a.seen_us, $3) ELSE a.seen_us END,
    token = CASE WHEN a.seen_us <= $7 THEN $4 ELSE a.token END,
    sent_us = CASE WHEN a.seen_us <= $7 THEN $3 ELSE a.sent_us END,
    title = CASE WHEN a.seen_us <= $7 THEN $5 ELSE a.title END,
    instance = CASE WHEN a.seen_us <= $7 THEN $6 ELSE a.instance END
  RETURNING token = $4 AS mine`;

/** Subjects that were only seen have no title. */
const LIST = `
  SELECT rule, subject, sent_us AS at, title, instance FROM nestjs_traces.alerts_sent
  WHERE title IS NOT NULL ORDER BY sent_us DESC LIMIT $1`;

/** The alerts that the instances of one database sent. A row is locked while it is claimed, so one of them succeeds. */
export class PostgresSentAlerts implements SentAlerts {
  constructor(private readonly db: Database) {}

  async claim({ rule, subject, at, holdMs, extend = false, alert }: AlertClaim): Promise<boolean> {
    await ensureSchema(this.db, 'write');
    const [row] = await this.db.rows<{ mine: boolean }>(CLAIM, [
      rule,
      pgText(subject),
      at,
      randomUUID(),
      alert ? pgText(alert.title) : null,
      alert ? pgText(alert.instance) : null,
      at - holdMs * 1_000,
      extend,
    ]);
    return row!.mine;
  }

  async list(limit: number): Promise<SentAlert[]> {
    await ensureSchema(this.db, 'read');
    return this.db.rows<SentAlert>(LIST, [limit]);
  }
}
