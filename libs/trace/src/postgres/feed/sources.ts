import type { FeedPosition } from '../../model/trace.js';
import type { Sql } from '../connection/database.js';
import { BEHIND_BEFORE, noPosition, tooOld, UNNAMED_AFTER, type FeedPlace, type Reached } from './feed-place.js';

/** Rows of `batches` are kept for a day; the last one of each source for as long as the source is. */
const DATED_FOR = 23 * 3600;
/** Seconds by which the clocks of two servers, one of which takes over, may differ. */
const CLOCKS = 60;

/** Rows of `batches` that nothing needs any more. The last one of a source says since when it has stored nothing. */
export const FORGET_BATCHES = `
  DELETE FROM nestjs_traces.batches b WHERE b.stored_at < now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM nestjs_traces.sources s WHERE s.source = b.source AND s.batch = b.batch)`;

const SECONDS = (time: string): string => `floor(extract(epoch FROM ${time}))::bigint`;

/** Beside the clock, a row for each source that fits; one without a source where none does. */
const SOURCES_THAT = (fit: string, columns = ''): string => `
  SELECT clock.now, ${columns} s.source, s.batch, s.registered, s.stored
  FROM (SELECT ${SECONDS('now()')} AS now) clock LEFT JOIN (
    SELECT s.source, s.batch, ${SECONDS('s.registered_at')} AS registered, ${SECONDS('b.stored_at')} AS stored
    FROM nestjs_traces.sources s
    LEFT JOIN nestjs_traces.batches b ON b.source = s.source AND b.batch = s.batch
    WHERE s.batch > 0 AND (${fit})
  ) s ON true ORDER BY s.source`;

/**
 * `$1`: sources above it are new. `$2`: sources that are named. `$3`: what was stored after it is new for all others, and
 * also what is not dated any more if that is long ago.
 */
const SOURCES_FOR = SOURCES_THAT(`s.source > $1 OR s.source = ANY ($2::int[]) OR b.stored_at >= to_timestamp($3)
  OR (b.stored_at IS NULL AND to_timestamp($3) < now() - interval '${DATED_FOR} s')`);

/** `known`: the largest source. */
const NAMED_SOURCES = SOURCES_THAT(
  `b.stored_at >= now() - interval '${UNNAMED_AFTER} s'`,
  '(SELECT coalesce(max(all_sources.source), 0) FROM nestjs_traces.sources all_sources) AS known,',
);

/** Of each source that stored something after a time, the last batch before it. */
const BATCHES_BEFORE = `
  SELECT b.source, min(b.batch) - 1 AS batch FROM nestjs_traces.batches b
  WHERE b.source = ANY ($1::int[]) AND b.stored_at >= to_timestamp($2) GROUP BY b.source`;

/** A source as it is now. */
export interface SourceState {
  readonly source: number;
  /** Its last batch. */
  readonly batch: number;
  /** When it was registered, in seconds. */
  readonly registered: number;
  /** When the last batch was stored, in seconds; `null`: more than a day ago. */
  readonly stored: number | null;
}

/** The sources at one time that a position needs. */
export interface SourceStates {
  /** The database's clock, in seconds. */
  readonly now: number;
  /** In the order of their numbers. */
  readonly sources: readonly SourceState[];
}

type SourceRow = SourceState & { now: number; source: number | null };

/** Position before the first record. */
export const ORIGIN: FeedPlace = { known: 0, at: 0, reached: new Map() };

/** The sources that have, or may have, records behind `place`, and those that it names. */
export async function readSources(sql: Sql, { known, at, reached }: FeedPlace): Promise<SourceStates> {
  const rows = await sql.rows<SourceRow>(SOURCES_FOR, [known, [...reached.keys()], at - BEHIND_BEFORE]);
  return { now: rows[0]!.now, sources: rows.filter(({ source }) => source !== null) };
}

/** The position after everything that all sources have. */
export async function readEnd(sql: Sql): Promise<FeedPlace> {
  const rows = await sql.rows<SourceRow & { known: number }>(NAMED_SOURCES);
  const reached = new Map(rows.flatMap(({ source, batch }) => (source === null ? [] : [[source, { batch }] as const])));
  return { known: rows[0]!.known, at: rows[0]!.now, reached };
}

/** Whether a source whose last batch was stored then is left out of a position. */
export function isUnnamed(stored: number | null, now: number): boolean {
  return stored === null || stored < now - UNNAMED_AFTER;
}

/**
 * Where a position is in each of these sources. `before`: it has not begun.
 * @throws TraceCollectorError `BAD_POSITION` where that is not known any more
 */
export async function placesIn(
  sql: Sql,
  place: FeedPlace,
  { now, sources }: SourceStates,
  position: FeedPosition,
): Promise<Map<number, Reached>> {
  const places = new Map<number, Reached>();
  const back: SourceState[] = [];
  for (const state of sources) {
    const { source, batch, registered, stored } = state;
    const named = place.reached.get(source);
    if (named) {
      // The tables were created anew, and their sources are others.
      if (registered > place.at + CLOCKS) throw noPosition(position);
      // A database that lost its last transactions gets them again under the same numbers.
      places.set(source, named.batch > batch ? { batch } : named);
    } else if (source > place.known) places.set(source, { batch: 0 });
    else if (place.at < now - DATED_FOR && (stored === null || stored >= place.at - BEHIND_BEFORE))
      throw tooOld(position);
    else if (stored === null || stored < place.at - BEHIND_BEFORE) places.set(source, { batch });
    else back.push(state);
  }
  if (back.length > 0) {
    const since = place.at - BEHIND_BEFORE;
    const rows = await sql.rows<SourceState>(BATCHES_BEFORE, [back.map(({ source }) => source), since]);
    for (const { source, batch } of rows) places.set(source, { batch });
  }
  return places;
}
