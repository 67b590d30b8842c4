import type { TraceRecord } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import { emptyHead } from '../../model/trace.reducer.js';
import { BaselineSample } from '../tables/baselines/baseline-sample.js';
import { packByteRanges, unpackByteRanges, type ByteRanges } from '../tables/byte-ranges.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import type { Contribution } from '../tables/rollups/rollup.js';
import { usageShare } from '../tables/rollups/usage-share.js';
import type { PriceOf } from '../../model/price.js';
import { FIXED_VALUES, headOf, rowValues, type TraceRow } from '../tables/trace-row.js';
import { TermCollector } from './collect-terms.js';
import { deleteTraces } from './delete-trace.js';
import { foldRecord } from './fold-record.js';
import { TraceTexts } from './trace-texts.js';

/** Reads lines of a trace again, by segment. */
export type ReadRecords = (extents: ReadonlyMap<number, ByteRanges>) => TraceRecord[];

/** One trace while records are added to it. `save` writes what changed. */
export class IndexedTrace {
  private readonly extents = new Map<number, ByteRanges>();
  private readonly changed = new Set<number>();
  private id: number | undefined;
  private partition = 0;
  private isFresh = true;
  /** `startedAt` in the catalog. */
  private savedStart = 0;
  /** Its present share of the sums; `undefined` while it is active. */
  private counted: Contribution | undefined;

  private constructor(
    readonly head: TraceHead,
    private readonly terms: TermCollector,
    private readonly texts: TraceTexts,
    /** The trace's contribution to the baseline. */
    readonly sample: BaselineSample,
    private readonly prices: PriceOf,
  ) {}

  /** The trace as the catalog holds it, or an empty one. `read` returns its lines, for what the catalog does not hold. */
  static load(tx: IndexTransaction, key: string, read: ReadRecords = () => []): IndexedTrace {
    const row = tx.db.get<TraceRow>('traceByKey', key);
    if (!row) {
      return new IndexedTrace(
        emptyHead(key),
        new TermCollector(tx.terms),
        new TraceTexts(),
        new BaselineSample(),
        tx.prices,
      );
    }
    const recall = (): TraceRecord[] => read(trace.extents);
    const trace: IndexedTrace = new IndexedTrace(
      headOf(row),
      new TermCollector(tx.terms, row.terms, recall),
      new TraceTexts(row.search, JSON.parse(row.lookup_keys) as number[]),
      new BaselineSample(row.status !== 'active' && row.status !== 'interrupted', recall),
      tx.prices,
    );
    trace.id = row.id;
    trace.partition = row.partition;
    trace.isFresh = false;
    trace.savedStart = row.started_us;
    trace.counted = trace.contribution(tx);
    for (const { segment, byte_ranges: packed } of tx.db.all<{ segment: number; byte_ranges: Uint8Array }>(
      'extents',
      row.id,
    )) {
      trace.extents.set(segment, unpackByteRanges(packed));
    }
    return trace;
  }

  get active(): boolean {
    return this.head.status === 'active';
  }

  add(record: TraceRecord, segment: number, offset: number, length: number): void {
    this.addRange(segment, offset, length);
    const { head } = this;
    const id = head.traceId;
    foldRecord(head, record, this.isFresh, this.prices);
    this.isFresh = false;
    this.texts.note(record, id);
    this.terms.note(record);
    this.sample.note(record);
  }

  /** Throws what SQLite throws when it refuses a value; the sums are then unchanged. */
  save(tx: IndexTransaction): void {
    if (this.id !== undefined && this.savedStart !== this.head.startedAt) this.moveInTime(tx);
    const isNew = this.id === undefined;
    if (isNew) this.enter(tx);
    try {
      this.write(tx, isNew);
    } catch (error) {
      if (isNew) this.leave(tx);
      throw error;
    }
    const counted = this.contribution(tx);
    if (this.counted) tx.rollups.add(this.counted, -1);
    if (counted) tx.rollups.add(counted, 1);
    this.counted = counted;
  }

  private write(tx: IndexTransaction, isNew: boolean): void {
    const { db } = tx;
    const { key, startedAt } = this.head;
    this.texts.save(tx, this.head, this.partition);
    const values = rowValues(this.head, {
      partition: this.partition,
      terms: this.terms.text,
      lookup_keys: this.texts.lookupKeys,
      search: this.texts.text,
    });
    if (isNew) this.id = Number(db.run('insertTrace', ...values).lastInsertRowid);
    else db.run('updateTrace', ...values.slice(FIXED_VALUES), this.id!);
    for (const segment of this.changed) {
      db.run('putExtent', this.id!, segment, packByteRanges(this.extents.get(segment)!));
    }
    this.changed.clear();
    for (const term of this.terms.takeNew()) db.run('addTraceTerm', term, startedAt, key);
  }

  private enter({ partitions, textFilters }: IndexTransaction): void {
    const { startedAt } = this.head;
    // SQLite would refuse it as well, but only when the partitions are written, and then all traces of the transaction.
    if (!Number.isSafeInteger(startedAt)) throw new TypeError(`a trace cannot begin at ${startedAt}`);
    this.partition = partitions.enter(startedAt).number;
    textFilters.enter(startedAt);
    this.savedStart = startedAt;
  }

  private leave({ partitions, textFilters }: IndexTransaction): void {
    partitions.leave(this.savedStart);
    textFilters.leave(this.savedStart);
  }

  /** Its beginning was read after its end: all rows that are sorted by time are written again. */
  private moveInTime(tx: IndexTransaction): void {
    deleteTraces(tx, [this.id!]);
    this.id = undefined;
    this.counted = undefined;
    for (const segment of this.extents.keys()) this.changed.add(segment);
    this.terms.renew();
    this.texts.renew(this.head.message);
  }

  /** A copy of its share of the sums: the trace may change later. */
  private contribution({ terms }: IndexTransaction): Contribution | undefined {
    const { startedAt, endedAt, status, usage, counts } = this.head;
    if (endedAt === null) return undefined;
    const uses = this.terms.copy();
    const share = usageShare(usage, uses, terms);
    return { startedAt, endedAt, status, terms: uses, replies: counts.replies, usage: share };
  }

  private addRange(segment: number, offset: number, length: number): void {
    const ranges = this.extents.get(segment);
    if (ranges) ranges.push(offset, length);
    else this.extents.set(segment, [offset, length]);
    this.changed.add(segment);
  }
}
