import type { Micros } from '../../model/record.js';
import { tagOf } from '../../shared/tags.js';
import { pgText } from '../connection/pg-text.js';
import type { Database } from '../connection/database.js';
import { deleteTraces, type TraceRow } from './delete-traces.js';
import { maskTraces } from './mask-traces.js';
import { dayOf } from './prune-day.js';

/** Traces in one transaction. */
const BATCH = 500;

interface ContactTrace extends TraceRow {
  trace_id: string;
}

/** The contact's own traces, and those of requests that it shares with other contacts. `$3`: newest start. */
const TRACES = `
  SELECT h.key, h.started_us, h.trace_id FROM nestjs_traces.heads h WHERE h.contact_id = $1 AND h.started_us <= $3
  UNION
  SELECT h.key, h.started_us, h.trace_id FROM nestjs_traces.heads h WHERE h.tags @> ARRAY[$2] AND h.started_us <= $3`;

const LINKED = `
  SELECT h.key, h.started_us, h.tags FROM nestjs_traces.heads h WHERE h.tags && $1`;

/** All keys, not only those of running traces: what is on its way is not stored either. */
const KEEP_OUT = `
  INSERT INTO nestjs_traces.erased_traces (key) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING`;

const ADD_REMAINS = `
  UPDATE nestjs_traces.erasures SET remains = ARRAY(SELECT DISTINCT unnest(remains || $2::bigint[])) WHERE id = $1`;

/**
 * Deletes the traces of a contact, and the ids of these traces in those that link to them. It may be called again: a
 * process may have stored some more in the meantime.
 */
export async function deleteContact(
  db: Database,
  { id, contactId, until }: { id: number; contactId: string; until: Micros },
): Promise<number> {
  const given = [pgText(contactId), pgText(tagOf('contact', contactId)), until];
  const traces = await db.rows<ContactTrace>(TRACES, given);
  // Links first: they are found by the ids, which nothing has any more after that.
  const own = new Set(traces.map(({ key }) => key));
  let removed = 0;
  for (let at = 0; at < traces.length; at += BATCH) {
    const some = traces.slice(at, at + BATCH);
    await maskLinks(db, id, some, own);
    removed += await db.transaction(async (sql) => {
      await sql.run(ADD_REMAINS, [id, daysOf(some)]);
      await sql.run(KEEP_OUT, [some.map(({ key }) => key)]);
      return deleteTraces(sql, some);
    });
  }
  return removed;
}

/** Notes days in whose files deleted rows of the contact are. */
export async function addRemains(db: Database, id: number, rows: readonly Pick<TraceRow, 'started_us'>[]): Promise<void> {
  if (rows.length > 0) await db.run(ADD_REMAINS, [id, daysOf(rows)]);
}

async function maskLinks(
  db: Database,
  id: number,
  traces: readonly ContactTrace[],
  own: ReadonlySet<string>,
): Promise<void> {
  const links = new Map(traces.map(({ trace_id }) => [tagOf('link', trace_id), trace_id]));
  const linked = (await db.rows<TraceRow & { tags: string[] }>(LINKED, [[...links.keys()]])).filter(
    ({ key }) => !own.has(key),
  );
  if (linked.length === 0) return;
  const ids = new Set(linked.flatMap(({ tags }) => tags).flatMap((tag) => links.get(tag) ?? []));
  await addRemains(db, id, linked);
  await maskTraces(db, linked, { texts: Array.from(ids, (text) => Buffer.from(text)) });
}

function daysOf(rows: readonly Pick<TraceRow, 'started_us'>[]): Micros[] {
  return [...new Set(rows.map((row) => dayOf(row.started_us)))];
}
