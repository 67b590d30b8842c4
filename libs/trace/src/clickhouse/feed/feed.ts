import type { TraceKey } from '../../model/record.js';
import type { FeedPosition, FeedRecord, TraceHead } from '../../model/trace.js';
import { FeedPoll } from '../../shared/feed-poll.js';
import type { TraceFeed } from '../../store/port.js';
import type { ClickHouse } from '../connection/click-house.js';
import { findCandidates, headsAt } from '../reading/found-heads.js';
import { ensureSchema } from '../schema/migrate.js';
import { FeedVector } from './feed-vector.js';
import { feedSources, isCurrent, seqsAt, type FeedSource } from './feed-sources.js';
import { readSource } from './source-records.js';

const NEWEST = `
SELECT toString(max(stored_us)) || '.' || toString(sum(last_seq)) AS mark FROM nestjs_traces.positions FINAL`;

/** All records of all processes, those of one process in the order it wrote them. */
export class ClickHouseFeed implements TraceFeed {
  private readonly poll = new FeedPoll(async () => (await this.db.rows<{ mark: string }>(NEWEST))[0]!.mark);

  constructor(readonly db: ClickHouse) {}

  async head(): Promise<FeedPosition> {
    await ensureSchema(this.db, 'read');
    const sources = await feedSources(this.db);
    return vectorOf(sources, new Map(sources.map(({ name, last_seq }) => [name, last_seq])), undefined).text;
  }

  async readAfter(
    after: FeedPosition | undefined,
    { limit, until }: { limit: number; until?: FeedPosition },
  ): ReturnType<TraceFeed['readAfter']> {
    const begin = after === undefined ? undefined : FeedVector.parse(after);
    const end = until === undefined ? undefined : FeedVector.parse(until);
    await ensureSchema(this.db, 'read');
    const sources = await feedSources(this.db);
    const seqs = await seqsAt(this.db, begin, sources);
    const ends = end && (await seqsAt(this.db, end, sources));
    const records: FeedRecord[] = [];
    let done = true;
    for (const { writer, name, last_seq } of sources) {
      const stop = Math.min(last_seq, ends?.get(name) ?? last_seq);
      while (seqs.get(name)! < stop && records.length < limit) {
        const from = seqs.get(name)!;
        const page = await readSource(this.db, writer, from, stop, limit - records.length);
        const taken = page.records.slice(0, limit - records.length);
        const textAt = vectorOf(sources, seqs, begin).textsAt(name);
        for (const record of taken) records.push({ record, position: textAt(record.seq) });
        seqs.set(name, taken.length < page.records.length ? taken.at(-1)!.seq : page.to);
      }
      if (seqs.get(name)! < stop) done = false;
    }
    return { records, position: vectorOf(sources, seqs, begin).text, done };
  }

  onMore(listener: () => void): () => void {
    return this.poll.add(listener);
  }

  async heads(keys: readonly TraceKey[]): Promise<Map<string, TraceHead>> {
    if (keys.length === 0) return new Map();
    await ensureSchema(this.db, 'read');
    // A trace has one place; another would be of a key that is not unique.
    const places = await findCandidates(this.db, ['key IN {keys:Array(String)}'], { keys }, keys.length * 2);
    return new Map((await headsAt(this.db, places)).map((head) => [head.key, head]));
  }

  close(): void {
    this.poll.close();
  }
}

/** A position with the processes that can have more records, and those of which not all were read. */
function vectorOf(
  sources: readonly FeedSource[],
  seqs: ReadonlyMap<string, number>,
  before: FeedVector | undefined,
): FeedVector {
  const at = sources[0]?.now_us ?? before?.at ?? 0;
  const named = sources
    .filter((source) => isCurrent(source) || seqs.get(source.name)! < source.last_seq)
    .map(({ name }) => [name, seqs.get(name)!] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return new FeedVector(at, new Map(named));
}
