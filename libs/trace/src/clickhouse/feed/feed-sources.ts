import type { ClickHouse } from '../connection/click-house.js';
import { NOW_US, SIGNS } from '../heads/shown.js';
import { feedName, FeedVector } from './feed-vector.js';

/** A process that was closed, or silent for this long, leaves the positions. */
const IDLE_US = 3_600_000_000;

const SOURCES = `
SELECT signs.writer AS writer, greatest(signs.seen_us, p.stored_us) AS seen_us, signs.closed AS closed,
  p.last_seq AS last_seq, ${NOW_US} AS now_us
FROM (${SIGNS}) AS signs
LEFT JOIN (SELECT source, last_seq, stored_us FROM nestjs_traces.positions FINAL) AS p ON p.source = signs.writer
ORDER BY seen_us, writer`;
const THEN = `
SELECT source, toInt64(maxIf(last_seq, stored_us <= {at:Int64})) AS seen, min(first_seq) - 1 AS before
FROM nestjs_traces.batches WHERE source IN {writers:Array(String)} GROUP BY source`;

/** A process, for the feed. */
export interface FeedSource {
  writer: string;
  name: string;
  seen_us: number;
  closed: 0 | 1;
  /** Number of its last stored record; 0: none. */
  last_seq: number;
  now_us: number;
}

/** All processes with what of them is stored, the one that was silent for longest first. */
export async function feedSources(db: ClickHouse): Promise<FeedSource[]> {
  const rows = await db.rows<Omit<FeedSource, 'name'>>(SOURCES);
  return rows.map((row) => ({ ...row, name: feedName(row.writer) }));
}

/** Whether a position must name the process. */
export function isCurrent({ closed, seen_us, now_us }: FeedSource): boolean {
  return closed === 0 && seen_us > now_us - IDLE_US;
}

/** The number of the last record of each process that is behind a position. */
export async function seqsAt(
  db: ClickHouse,
  vector: FeedVector | undefined,
  sources: readonly FeedSource[],
): Promise<Map<string, number>> {
  const seqs = new Map(sources.map(({ name }) => [name, 0]));
  if (!vector) return seqs;
  const missing = sources.filter(({ name }) => !vector.seqs.has(name)).map(({ writer }) => writer);
  const then =
    missing.length === 0
      ? []
      : await db.rows<{ source: string; seen: number; before: number }>(THEN, { at: vector.at, writers: missing });
  const atThen = new Map(then.map(({ source, seen, before }) => [source, seen || before]));
  for (const { writer, name, last_seq } of sources) {
    // Without batches of the last day, it stored nothing since the position.
    seqs.set(name, vector.seqs.get(name) ?? atThen.get(writer) ?? last_seq);
  }
  return seqs;
}
