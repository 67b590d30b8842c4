import type { TraceRecord } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import { emptyHead, reduceHead } from '../../model/trace.reducer.js';
import { deleteTraces } from './delete-trace.js';
import { packByteRanges, unpackByteRanges, type ByteRanges } from '../tables/byte-ranges.js';
import type { IndexTransaction } from '../tables/index-transaction.js';
import type { Contribution } from '../tables/rollups/rollup.js';
import { BaselineSample } from '../tables/baselines/baseline-sample.js';
import { TermCollector } from './collect-terms.js';
import { TraceTexts } from './trace-texts.js';
import { FIXED_VALUES, headOf, rowValues, type TraceRow } from '../tables/trace-row.js';

/** Where lines of a trace are read again: by segment. */
export type ReadRecords = (extents: ReadonlyMap<number, ByteRanges>) => TraceRecord[];

/** One trace while records are folded into it; `save` writes what changed. */
export class IndexedTrace {
  private readonly extents = new Map<number, ByteRanges>();
  private readonly changed = new Set<number>();
  private id: number | undefined;
  private epoch = 0;
  private fresh = true;
  /** As it is in the catalog. */
  private savedStart = 0;
  /** What it adds to the sums at present; nothing while it runs. */
  private counted: Contribution | undefined;

  private constructor(
    readonly head: TraceHead,
    private readonly tags: TermCollector,
    private readonly texts: TraceTexts,
    /** What the baseline learns of it. */
    readonly course: BaselineSample,
  ) {}

  /** The trace as the catalog has it, or an empty one. `read`: its lines, for what the catalog does not have. */
  static load(ledger: IndexTransaction, key: string, read: ReadRecords = () => []): IndexedTrace {
    const row = ledger.db.get<TraceRow>('traceByKey', key);
    if (!row) {
      return new IndexedTrace(emptyHead(key), new TermCollector(ledger.terms), new TraceTexts(), new BaselineSample());
    }
    const recall = (): TraceRecord[] => read(trace.extents);
    const trace: IndexedTrace = new IndexedTrace(
      headOf(row),
      new TermCollector(ledger.terms, row.terms, recall),
      new TraceTexts(row.search, JSON.parse(row.lookup_keys) as number[]),
      new BaselineSample(row.status !== 'active' && row.status !== 'interrupted', recall),
    );
    trace.id = row.id;
    trace.epoch = row.partition;
    trace.fresh = false;
    trace.savedStart = row.started_us;
    trace.counted = trace.contribution();
    for (const { segment, byte_ranges: packed } of ledger.db.all<{ segment: number; byte_ranges: Uint8Array }>(
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
    this.addSpan(segment, offset, length);
    const { head } = this;
    // Its beginning was lost or pruned: it begins with what there is.
    if (this.fresh && record.kind !== 'open') head.startedAt = head.lastAt = record.ts;
    this.fresh = false;
    // Thought dead, it goes on: its process was out of sight for a while.
    if (head.status === 'interrupted' && record.kind !== 'end' && !('late' in record && record.late)) {
      head.status = 'active';
      head.endedAt = null;
    }
    const id = head.traceId;
    reduceHead(head, record);
    this.texts.note(record, id);
    this.tags.note(record);
    this.course.note(record);
  }

  /** Throws what SQLite throws when it refuses a value; the sums are then as they were. */
  save(ledger: IndexTransaction): void {
    if (this.id !== undefined && this.savedStart !== this.head.startedAt) this.moveInTime(ledger);
    const isNew = this.id === undefined;
    if (isNew) this.enter(ledger);
    try {
      this.write(ledger, isNew);
    } catch (error) {
      if (isNew) this.leave(ledger);
      throw error;
    }
    const counted = this.contribution();
    if (this.counted) ledger.rollups.add(this.counted, -1);
    if (counted) ledger.rollups.add(counted, 1);
    this.counted = counted;
  }

  private write(ledger: IndexTransaction, isNew: boolean): void {
    const { db } = ledger;
    const { key, startedAt } = this.head;
    this.texts.save(ledger, this.head, this.epoch);
    const values = rowValues(this.head, {
      partition: this.epoch,
      terms: this.tags.text,
      lookup_keys: this.texts.names,
      search: this.texts.text,
    });
    if (isNew) this.id = Number(db.run('insertTrace', ...values).lastInsertRowid);
    else db.run('updateTrace', ...values.slice(FIXED_VALUES), this.id!);
    for (const segment of this.changed)
      db.run('putExtent', this.id!, segment, packByteRanges(this.extents.get(segment)!));
    this.changed.clear();
    for (const label of this.tags.takeNew()) db.run('addTraceTerm', label, startedAt, key);
  }

  private enter({ partitions, textFilters }: IndexTransaction): void {
    const { startedAt } = this.head;
    // SQLite would refuse it too, but then in the slices, and with them all traces of the transaction.
    if (!Number.isSafeInteger(startedAt)) throw new TypeError(`a trace cannot begin at ${startedAt}`);
    this.epoch = partitions.enter(startedAt).number;
    textFilters.enter(startedAt);
    this.savedStart = startedAt;
  }

  private leave({ partitions, textFilters }: IndexTransaction): void {
    partitions.leave(this.savedStart);
    textFilters.leave(this.savedStart);
  }

  /** Its beginning was read after its end: what is sorted by time is written anew. */
  private moveInTime(ledger: IndexTransaction): void {
    deleteTraces(ledger, [this.id!]);
    this.id = undefined;
    this.counted = undefined;
    for (const segment of this.extents.keys()) this.changed.add(segment);
    this.tags.renew();
    this.texts.renew(this.head.message);
  }

  /** A copy of what it adds to the sums: the trace may go on. */
  private contribution(): Contribution | undefined {
    const { startedAt, endedAt, status } = this.head;
    return endedAt === null ? undefined : { startedAt, endedAt, status, terms: this.tags.copy() };
  }

  private addSpan(segment: number, offset: number, length: number): void {
    const spans = this.extents.get(segment);
    if (spans) spans.push(offset, length);
    else this.extents.set(segment, [offset, length]);
    this.changed.add(segment);
  }
}
