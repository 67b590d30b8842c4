import type { Database } from '../connection/database.js';
import { FORGET_BATCHES } from '../feed/sources.js';

/** Longest time for which a directory may come back with what its dead process left. */
const SOURCES_FOR = '60 days';
/** A hash is kept for longer than any directory keeps records. */
const ERASURES_FOR = '400 days';

/** Sources that are gone for long and have no records. `$1`: at least this number of seconds. */
const GONE_SOURCES = `
  DELETE FROM nestjs_traces.sources s
  WHERE s.seen_at < now() - greatest(interval '${SOURCES_FOR}', $1 * interval '1 second')
    AND NOT EXISTS (SELECT FROM nestjs_traces.chunks c WHERE c.source = s.source)
  RETURNING s.source`;

const OLD_ERASED_TRACES = `
  DELETE FROM nestjs_traces.erased_traces
  WHERE erased_at < now() - greatest(interval '${SOURCES_FOR}', $1 * interval '1 second')`;

const OLD_ERASURES = `
  DELETE FROM nestjs_traces.erasures
  WHERE asked_at < now() - interval '${ERASURES_FOR}' AND contact_id IS NULL AND remains = '{}'`;

/** Deletes rows of the small tables that nothing needs any more. @param keptMs the longest time for which traces are kept */
export async function tidy(db: Database, keptMs: number): Promise<void> {
  const seconds = keptMs / 1_000;
  await db.run(FORGET_BATCHES);
  await db.run(OLD_ERASED_TRACES, [seconds]);
  await db.run(OLD_ERASURES);
  const gone = (await db.rows<{ source: number }>(GONE_SOURCES, [seconds])).map(({ source }) => source);
  if (gone.length > 0) {
    await db.run('DELETE FROM nestjs_traces.baselines WHERE source = ANY ($1)', [gone]);
  }
  await db.run(
    `DELETE FROM nestjs_traces.erasure_acks a
     WHERE NOT EXISTS (SELECT FROM nestjs_traces.sources s WHERE s.source = a.source)
       OR NOT EXISTS (SELECT FROM nestjs_traces.erasures e WHERE e.id = a.id)`,
  );
}
