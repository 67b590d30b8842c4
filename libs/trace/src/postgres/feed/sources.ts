import type { FeedPosition } from '../../model/trace.js';
import type { Sql } from '../connection/database.js';
import { BEHIND_BEFORE, noPosition, tooOld, UNNAMED_AFTER, type FeedPlace, type Reached } from './feed-place.js';

/** Rows of `batches` are kept for a day; the last one of each source for as long as the source is. */
const DATED_FOR = 23 * 3600;
/** Seconds by which the clocks of two servers, one of which takes over, may differ. */
const CLOCKS = 60;

/** Rows of `batches` that nothing needs any more. */
export const FORGET_BATCHES = `
  DELETE FROM nestjs_traces.batches b USING nestjs_traces.sources s
  WHERE s.source = b.source AND b.batch < s.batch AND b.stored_at < now() - interval '1 day'`;

/** `$1`: sources above it are new. `$2`: sources that are named. `$3`: what was stored after it is new for all others. */
const SOURCES = `
  SELECT clock.now, s.source, s.batch, s.registered, s.stored
  FROM (SELECT floor(extract(epoch FROM now()))::bigint AS now) clock LEFT JOIN (
    SELECT s.source, s.batch, extract(epoch FROM s.registered_at)::bigint AS registered,
      extract(epoch FROM b.stored_at)::bigint AS stored
    FROM nestjs_traces.sources s
    LEFT JOIN nestjs_traces.batches b ON b.source = s.source AND b.batch = s.batch
    WHERE s.batch > 0 AND
      (s.source > $1 OR s.source = ANY ($2::int[]) OR b.stored_at IS NULL OR b.stored_at >= to_timestamp($3))
  ) s ON true ORDER BY s.source`;

/** The last batch of each source that was stored before a time. */
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

/** Position before the first record. */
export const ORIGIN: FeedPlace = { known: 0, at: 0, reached: new Map() };

/** The sources that have, or may have, records behind `place`, and those that it names. */
export async function readSources(sql: Sql, { known, at, reached }: FeedPlace): Promise<SourceStates> {
  type Row = SourceState & { now: number; source: number | null };
  const rows = await sql.rows<Row>(SOURCES, [known, [...reached.keys()], at - BEHIND_BEFORE]);
  return { now: rows[0]!.now, sources: rows.filter(({ source }) => source !== null) };
}

/** The position after everything that the sources have. @param sources all of them, as for `ORIGIN` */
export function endOf({ now, sources }: SourceStates): FeedPlace {
  const reached = new Map<number, Reached>();
  for (const { source, batch, stored } of sources) if (!isUnnamed(stored, now)) reached.set(source, { batch });
  return { known: sources.at(-1)?.source ?? 0, at: now, reached };
}

/** Whether a source whose last batch was stored then is left out of a position. */
export function isUnnamed(stored: number | null, now: number): boolean {
  return stored === null || stored < now - UNNAMED_AFTER;
}

/**
 * Where a position is in each of these sources. `before`: it has not begun.
 * @throws TraceCollectorError `BAD_POSITION` where that cannot be told any more
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
