import type { JournalRecord, TraceKey, TraceRecord } from '../../model/record.js';
import type { FeedRecord } from '../../model/trace.js';
import type { TraceFeed, TraceReader } from '../../store/port.js';
import { newStreamTrace, streamStep } from '../../views/events/stream-message.js';
import type { StreamEntry, StreamTrace } from '../../views/events/stream-message.js';

/** An open span keeps its input here; so many traces are kept, the longest unheard-of go first. */
const MAX_TRACES = 1_000;

/**
 * Turns records of the feed into messages, remembering the traces they belong to. A trace that began before the place
 * where reading began, or was forgotten since, is brought back from the store as it stood before the record at hand.
 */
export class StreamState {
  private readonly traces = new Map<TraceKey, StreamTrace>();

  constructor(
    private readonly feed: Pick<TraceFeed, 'heads'>,
    private readonly reader: Pick<TraceReader, 'getMany'>,
    private readonly maxTraces = MAX_TRACES,
  ) {}

  /**
   * The messages of one page. All that must be looked up is looked up before the first record is taken in: when that
   * fails, nothing has changed and the page can be given again.
   */
  async messages(page: readonly FeedRecord[]): Promise<StreamEntry[]> {
    await this.bringBack(page.map(({ record }) => record).filter(isOfTrace));
    const entries: StreamEntry[] = [];
    for (const { record, position } of page) {
      if (!isOfTrace(record)) continue;
      const trace = this.touch(record);
      if (isToldAlready(trace, record)) continue;
      const entry = streamStep(trace, record, position);
      if (entry) entries.push(entry);
    }
    this.forgetOldest();
    return entries;
  }

  private async bringBack(records: TraceRecord[]): Promise<void> {
    const firsts = new Map<TraceKey, TraceRecord>();
    for (const record of records) {
      if (!this.traces.has(record.trace) && !firsts.has(record.trace)) firsts.set(record.trace, record);
    }
    const unknown = [...firsts.values()].filter(({ kind }) => kind !== 'open');
    if (unknown.length === 0) return;

    const heads = await this.feed.heads(unknown.map(({ trace }) => trace));
    const read = await this.reader.getMany(Array.from(heads.values(), ({ traceId }) => traceId));
    const storedByKey = new Map(read.map((stored) => [stored.head.key, stored]));
    const found: [TraceKey, StreamTrace][] = [];
    for (const record of unknown) {
      const stored = storedByKey.get(record.trace);
      if (!stored) continue;
      const trace = newStreamTrace(record.trace);
      for (const earlier of before(record, stored.records)) streamStep(trace, earlier, '');
      found.push([record.trace, trace]);
    }
    for (const [key, trace] of found) this.traces.set(key, trace);
  }

  /** Moves the trace to the young end. */
  private touch({ kind, trace: key }: TraceRecord): StreamTrace {
    const trace = (kind === 'open' ? undefined : this.traces.get(key)) ?? newStreamTrace(key);
    this.traces.delete(key);
    this.traces.set(key, trace);
    return trace;
  }

  private forgetOldest(): void {
    for (const key of this.traces.keys()) {
      if (this.traces.size <= this.maxTraces) return;
      this.traces.delete(key);
    }
  }
}

function isOfTrace(record: JournalRecord): record is TraceRecord {
  return 'trace' in record;
}

/** Two processes may have found one dead, or one that was not: an end of theirs is news only for a trace without one. */
function isToldAlready({ head }: StreamTrace, record: TraceRecord): boolean {
  if (record.kind !== 'end' || record.by === undefined) return false;
  return head.endedAt !== null || head.lastAt >= record.ts;
}

/** The trace's records before this one. Sequences alone do not tell: another process may have written its end. */
function before(record: TraceRecord, records: readonly TraceRecord[]): readonly TraceRecord[] {
  const at = records.findIndex(({ kind, seq, ts }) => kind === record.kind && seq === record.seq && ts === record.ts);
  return at === -1 ? records.filter(({ seq }) => seq < record.seq) : records.slice(0, at);
}
