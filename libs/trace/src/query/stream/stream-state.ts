import type { JournalRecord, TraceKey, TraceRecord } from '../../model/record.js';
import type { FeedRecord } from '../../model/trace.js';
import type { TraceFeed, TraceReader, TraceStore } from '../../store/port.js';
import { newStreamTrace, streamStep } from '../../views/responses/stream-message.js';
import type { StreamEntry, StreamTrace } from '../../views/responses/stream-message.js';

/** Traces in memory, with the inputs of their open spans; the least recently used are evicted. */
const MAX_TRACES = 1_000;

/**
 * Turns records of the feed into messages and keeps the state of their traces. The state of a trace that began before the
 * first position read, or was evicted, is rebuilt from the store as it was before the record.
 */
export class StreamState {
  private readonly traces = new Map<TraceKey, StreamTrace>();

  constructor(
    private readonly feed: Pick<TraceFeed, 'heads'>,
    private readonly reader: Pick<TraceReader, 'getMany'> & Pick<TraceStore, 'instances'>,
    private readonly maxTraces = MAX_TRACES,
  ) {}

  /**
   * The messages of one page. The store is asked before the first record is applied: when that fails, no state has
   * changed and the page can be given again.
   */
  async messages(page: readonly FeedRecord[]): Promise<StreamEntry[]> {
    const records = page.map(({ record }) => record).filter(isOfTrace);
    await this.rebuild(records);
    const instances = await this.instancesOf(records);
    const entries: StreamEntry[] = [];
    for (const { record, position } of page) {
      if (!isOfTrace(record)) continue;
      const trace = this.touch(record);
      if (record.kind === 'open') setInstance(trace, instances.get(record.trace));
      if (isSecondEnd(trace, record)) continue;
      const entry = streamStep(trace, record, position);
      if (entry) entries.push(entry);
    }
    this.evict();
    return entries;
  }

  private async rebuild(records: TraceRecord[]): Promise<void> {
    const firsts = new Map<TraceKey, TraceRecord>();
    for (const record of records) {
      if (!this.traces.has(record.trace) && !firsts.has(record.trace)) firsts.set(record.trace, record);
    }
    const missing = [...firsts.values()].filter(({ kind }) => kind !== 'open');
    if (missing.length === 0) return;

    const heads = await this.feed.heads(missing.map(({ trace }) => trace));
    const read = await this.reader.getMany(Array.from(heads.values(), ({ traceId }) => traceId));
    const storedByKey = new Map(read.map((stored) => [stored.head.key, stored]));
    const found: [TraceKey, StreamTrace][] = [];
    for (const record of missing) {
      const stored = storedByKey.get(record.trace);
      if (!stored) continue;
      const trace = newStreamTrace(record.trace);
      for (const earlier of before(record, stored.records)) streamStep(trace, earlier, '');
      setInstance(trace, stored.head.instance);
      found.push([record.trace, trace]);
    }
    for (const [key, trace] of found) this.traces.set(key, trace);
  }

  /** Names of the instances of the traces that begin here. No record has them; only a store of several instances does. */
  private async instancesOf(records: readonly TraceRecord[]): Promise<Map<TraceKey, string | undefined>> {
    const begun = records.filter(({ kind }) => kind === 'open').map(({ trace }) => trace);
    if (!this.reader.instances || begun.length === 0) return new Map();
    const heads = await this.feed.heads(begun);
    return new Map(Array.from(heads, ([key, { instance }]) => [key, instance]));
  }

  /** Marks the trace as the most recently used. */
  private touch({ kind, trace: key }: TraceRecord): StreamTrace {
    const trace = (kind === 'open' ? undefined : this.traces.get(key)) ?? newStreamTrace(key);
    this.traces.delete(key);
    this.traces.set(key, trace);
    return trace;
  }

  private evict(): void {
    for (const key of this.traces.keys()) {
      if (this.traces.size <= this.maxTraces) return;
      this.traces.delete(key);
    }
  }
}

function setInstance({ head }: StreamTrace, instance: string | undefined): void {
  if (instance !== undefined) head.instance = instance;
}

function isOfTrace(record: JournalRecord): record is TraceRecord {
  return 'trace' in record;
}

/** Several processes may write the end of an interrupted trace, and the trace may not be over: only a first end counts. */
function isSecondEnd({ head }: StreamTrace, record: TraceRecord): boolean {
  if (record.kind !== 'end' || record.by === undefined) return false;
  return head.endedAt !== null || head.lastAt >= record.ts;
}

/** The trace's records before this one. Sequences do not order them alone: another process may have written its end. */
function before(record: TraceRecord, records: readonly TraceRecord[]): readonly TraceRecord[] {
  const at = records.findIndex(({ kind, seq, ts }) => kind === record.kind && seq === record.seq && ts === record.ts);
  return at === -1 ? records.filter(({ seq }) => seq < record.seq) : records.slice(0, at);
}
