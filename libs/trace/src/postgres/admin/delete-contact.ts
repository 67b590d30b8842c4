import type { Micros } from '../../model/record.js';
import { tagOf } from '../../shared/tags.js';
import { pgText } from '../connection/pg-text.js';
import type { Database, Sql } from '../connection/database.js';
import { dayStart } from '../schema/partitions.js';
import { deleteTraces, type TraceRow } from './delete-traces.js';
import { maskTraces } from './mask-traces.js';

/** Traces in one transaction. */
const BATCH = 500;

interface ContactTrace extends TraceRow {
  trace_id: string;
}

/** The contact's own traces, and those of requests that it shares with other contacts. `$3`: newest start. */
const TRACES = `
  SELECT h.key, h.started_us, h.trace_id FROM nestjs_traces.heads h WHERE h.contact_id = $1 AND h.started_us <= $3
  UNION
  SELECT h.key, h.started_us, h.trace_id FROM nestjs_traces.heads h WHERE h.tags @> ARRAY[$2] AND h.started_us <= $3
  LIMIT ${BATCH}`;

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
  for (let removed = 0; ;) {
    const traces = await db.rows<ContactTrace>(TRACES, given);
    if (traces.length === 0) return removed;
    // Links first: they are found by the ids, which nothing has any more after that.
    await maskLinks(db, id, traces);
    const work = async (sql: Sql): Promise<number> => {
      await sql.run(ADD_REMAINS, [id, daysOf(traces)]);
      await sql.run(KEEP_OUT, [traces.map(({ key }) => key)]);
      return deleteTraces(sql, traces);
    };
    // A batch that is being stored meanwhile may have some more: the next call deletes them.
    removed += await db.transaction(work);
  }
}

/** Notes days in whose files deleted rows of the contact are. */
export async function addRemains(
  db: Database,
  id: number,
  rows: readonly Pick<TraceRow, 'started_us'>[],
): Promise<void> {
  if (rows.length > 0) await db.run(ADD_REMAINS, [id, daysOf(rows)]);
}

async function maskLinks(db: Database, id: number, traces: readonly ContactTrace[]): Promise<void> {
  const links = new Map(traces.map(({ trace_id }) => [tagOf('link', trace_id), trace_id]));
  const own = new Set(traces.map(({ key }) => key));
  const found = await db.rows<TraceRow & { tags: string[] }>(LINKED, [[...links.keys()]]);
  const linked = found.filter(({ key }) => !own.has(key));
  if (linked.length === 0) return;
  const ids = new Set(linked.flatMap(({ tags }) => tags).flatMap((tag) => links.get(tag) ?? []));
  await addRemains(db, id, linked);
  await maskTraces(db, linked, { texts: Array.from(ids, (text) => Buffer.from(text)) });
}

function daysOf(rows: readonly Pick<TraceRow, 'started_us'>[]): Micros[] {
  return [...new Set(rows.map((row) => dayStart(row.started_us)))];
}
