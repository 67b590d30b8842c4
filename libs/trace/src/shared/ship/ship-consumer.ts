import { isBlank } from '../../journal/codec/codec.js';
import { isForeign } from '../../journal/read/written-order.js';
import type { PriceOf } from '../../model/price.js';
import type { TraceKey, TraceRecord } from '../../model/record.js';
import { writerNumber } from '../../model/trace-key.js';
import type { Checkpoint } from '../../pipeline/checkpoints.js';
import type { RecordBatch, RecordConsumer, RecordWriter } from '../../pipeline/record-consumer.js';
import type { ShipSource, ShipTarget } from '../ship-target.js';
import { EarlierSpans } from './earlier-spans.js';
import { ErasedContacts } from './erased-contacts.js';
import { PendingBatch } from './pending-batch.js';
import { TraceFolds } from './trace-folds.js';
import { uniqueKey } from './unique-key.js';

export interface ShipConsumerOptions {
  /** The traces' directory. */
  dir: string;
  target: ShipTarget;
  /** The process that wrote the segments, for the shared store. */
  sourceOf(writer: RecordWriter): ShipSource;
  /** Bytes that wait at most for the shared store. */
  maxLagBytes?: number;
  /** Bytes of lines that are stored in one transaction. Default: 4 MiB. */
  maxBatchBytes?: number;
  prices: PriceOf;
  /** Called when the shared store has taken records. */
  onStored?(source: ShipSource, to: Checkpoint): void;
}

/** Another process shipped records of the same writer meanwhile. The shared store says where that one is. */
export class Fenced extends Error {
  constructor() {
    super('another process ships the same records');
  }
}

interface Source extends ShipSource {
  stored: Checkpoint;
  spans: EarlierSpans;
}

/** Name of the consumer, and of its folder in `<dir>/consumers`. */
export const SHIP_CONSUMER = 'shared-store';

/**
 * Brings the journal into a shared store: lines as they are, by trace, and each trace as lists, filters and sums need it.
 * The position is stored in the transaction that stores the lines, so each line is stored once. After a failure, nothing
 * of what was not stored is left in memory.
 */
export class ShipConsumer implements RecordConsumer {
  readonly name = SHIP_CONSUMER;
  readonly payloads = false;
  readonly maxLagBytes: number | undefined;
  readonly erased = new ErasedContacts();
  /** Traces whose first record was shipped. */
  traces = 0;
  /** The shared store has taken records of this process's since the start. */
  hasStored = false;
  /** Time of the first record that waits, in microseconds; `undefined`: none does. */
  waitingSince: number | undefined;

  private readonly sources = new Map<string, Source>();
  /** Writers by number. */
  private readonly writers = new Map<number, string>();
  private readonly folds: TraceFolds;
  private pending: PendingBatch | undefined;

  constructor(private readonly options: ShipConsumerOptions) {
    this.maxLagBytes = options.maxLagBytes;
    this.folds = new TraceFolds(options.prices);
  }

  async position(writer: RecordWriter): Promise<Checkpoint> {
    const isPending = this.pending?.writer === writer.id;
    if (isPending) this.pending = undefined;
    this.folds.forget(writer.id, isPending);
    const source = this.options.sourceOf(writer);
    const stored = await this.options.target.open(source);
    // What a dead process left may have contacts that were erased since.
    for (const erasure of await this.options.target.erasures(source)) this.erased.add(erasure);
    this.writers.set(writer.number, writer.id);
    this.sources.set(writer.id, { ...source, stored, spans: new EarlierSpans(this.options.dir, writer.id, stored) });
    return stored;
  }

  async consume(batch: RecordBatch): Promise<void> {
    this.waitingSince ??= batch.records[0]?.ts;
    await this.orForget(async () => {
      if (this.pending && !this.pending.takes(batch)) await this.ship(this.pending);
      this.waitingSince ??= batch.records[0]?.ts;
      await this.load(batch);
      this.pending ??= new PendingBatch(batch.writer, batch, this.options.maxBatchBytes);
      this.take(batch, this.pending);
    });
  }

  async flush(): Promise<void> {
    await this.orForget(async () => {
      if (this.pending) await this.ship(this.pending);
    });
  }

  /** Sources whose records this process has shipped. */
  get shipped(): Iterable<ShipSource> {
    return this.sources.values();
  }

  private async orForget(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.pending = undefined;
      this.folds.clear();
      throw error;
    }
  }

  /** Reads the traces of the records that are not in memory. */
  private async load({ writer, records }: RecordBatch): Promise<void> {
    const opened = new Set<TraceKey>();
    const missing = new Set<TraceKey>();
    for (const record of records) {
      if (!isOfTrace(record)) continue;
      const key = this.keyOf(record, writer);
      if (record.kind === 'open') opened.add(key);
      else if (!opened.has(key) && this.folds.isMissing(key)) missing.add(key);
    }
    if (missing.size === 0) return;
    const { spans } = this.sources.get(writer)!;
    for (const trace of await this.options.target.traces([...missing])) this.folds.load(trace, (key) => spans.of(key));
  }

  /** Key of the trace, which is another process's where that one died. */
  private keyOf(record: TraceRecord, writer: string): TraceKey {
    const owner = isForeign(record) ? this.writers.get(writerNumber(record.trace)) : undefined;
    return uniqueKey(record.trace, owner ?? writer);
  }

  private take(batch: RecordBatch, pending: PendingBatch): void {
    const { writer, segment, from, to, records, lines } = batch;
    // As the file is now: a line that was erased meanwhile is blank.
    const bytes = records.some(isOfTrace) ? batch.read() : Buffer.alloc(0);
    for (const [i, record] of records.entries()) {
      if (!isOfTrace(record)) continue;
      const { offset, length } = lines[i]!;
      const line = bytes.subarray(offset - from, offset - from + length);
      if (isBlank(line, 0, line.length - 1)) continue;
      this.add(this.keyOf(record, writer), record, line, pending);
    }
    pending.to = { segment, offset: to };
  }

  private add(key: TraceKey, record: TraceRecord, line: Buffer, pending: PendingBatch): void {
    if (this.erased.leavesOut(key, record)) {
      this.erased.leftOut += pending.remove(key);
      this.folds.remove(key);
      return;
    }
    pending.add(key, record.ts, record.seq, line);
    if (record.kind === 'open') this.traces += 1;
    try {
      this.folds.add(key, record, pending.writer);
    } catch {
      // Whole, but of a shape that cannot be folded: the line is shipped, and so are later ones.
    }
  }

  private async ship(pending: PendingBatch): Promise<void> {
    const source = this.sources.get(pending.writer)!;
    const { to } = pending;
    const chunks = pending.chunks((key) => this.folds.startOf(key));
    const traces = this.folds.shipped();
    const { stored: from, spans: _spans, ...of } = source;
    const answer = await this.options.target.ship({ source: of, from, to, chunks, traces });
    if (answer === 'fenced') throw new Fenced();
    source.stored = to;
    this.pending = undefined;
    this.folds.stored();
    this.waitingSince = undefined;
    this.hasStored = true;
    this.options.onStored?.(of, to);
  }
}

/** Each key of ours, and nothing that a column refuses. */
const KEY = /^[\x21-\x7e]{1,200}$/;

/** A record of a trace that can be stored: another program can write any line. */
function isOfTrace(record: RecordBatch['records'][number]): record is TraceRecord {
  if (!('trace' in record) || typeof record.trace !== 'string' || !KEY.test(record.trace)) return false;
  return isCount(record.ts) && isCount(record.seq);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
