import type { ShipPulse, ShipSource } from '../../shared/ship-target.js';
import { pgText } from '../connection/pg-text.js';
import { SCHEMA_VERSION } from '../schema/schema.sql.js';

/** Registers a source, or finds it. Only the process itself gives a sign of life by it, and is not closed any more. */
export const REGISTER = `INSERT INTO nestjs_traces.sources AS s (writer, instance, service, host, pid, program, seen_at)
VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN now() ELSE now() - interval '1 hour' END)
ON CONFLICT (writer) DO UPDATE SET
  instance = CASE WHEN $7 THEN excluded.instance ELSE s.instance END,
  service = CASE WHEN $7 THEN excluded.service ELSE s.service END,
  closed = s.closed AND NOT $7,
  seen_at = CASE WHEN $7 THEN now() ELSE s.seen_at END
RETURNING segment, pos AS offset`;

export function registerValues(source: ShipSource): unknown[] {
  const { writer, instance, service, host, pid, version, isOwn } = source;
  return [writer, pgText(instance), service === undefined ? null : pgText(service), pgText(host), pid, version, isOwn];
}

/**
 * Compare and set: moves the position, if it is where the batch begins. No row: another process moved it, or the tables are too
 * new for this program. Also finds the traces of the batch that are erased.
 */
export const MOVE = `UPDATE nestjs_traces.sources SET
  segment = $4, pos = $5, batch = batch + 1,
  seen_at = CASE WHEN $6 THEN now() ELSE seen_at END, closed = closed AND NOT $6
WHERE writer = $1 AND segment = $2 AND pos = $3
  AND (SELECT min_writer FROM nestjs_traces.meta) <= ${SCHEMA_VERSION}
RETURNING source, batch, ARRAY(SELECT key FROM nestjs_traces.erased_traces WHERE key = ANY($7::text[])) AS erased`;

export interface Moved {
  source: number;
  batch: number;
  erased: string[];
}

export const BEAT = `UPDATE nestjs_traces.sources SET
  lag_bytes = $2, lost_bytes = $3, dropped = $4, closed = $5 OR (closed AND NOT $6),
  seen_at = CASE WHEN $6 THEN now() ELSE seen_at END WHERE writer = $1`;

export function beatValues({ writer, isOwn }: ShipSource, pulse: ShipPulse, closed: boolean): unknown[] {
  const dropped = JSON.stringify(pulse.dropped);
  return [writer, Math.round(pulse.lagBytes), Math.round(pulse.lostBytes), dropped, closed && isOwn, isOwn];
}
