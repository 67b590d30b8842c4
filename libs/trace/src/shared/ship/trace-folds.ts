import { isForeign } from '../../journal/read/written-order.js';
import type { PriceOf } from '../../model/price.js';
import type { TraceKey, TraceRecord } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import type { ShippedTrace } from '../ship-target.js';
import { type Recall, ShippedFold } from './shipped-fold.js';

/** Traces in memory. One takes about 5 KB. */
const MAX_TRACES = 5_000;

/** The traces that records are added to, as the shared store has them or will have them after the next batch. */
export class TraceFolds {
  private readonly folds = new Map<TraceKey, ShippedFold>();
  /** Traces with records that are not stored yet. */
  private readonly changed = new Map<TraceKey, ShippedFold>();

  constructor(private readonly prices: PriceOf) {}

  /** Whether the shared store has to be asked for a trace. */
  isMissing(key: TraceKey): boolean {
    return !this.folds.has(key);
  }

  load(stored: ShippedTrace, recall: Recall): void {
    this.folds.set(stored.head.key, ShippedFold.load(stored, this.prices, recall));
  }

  /** Adds a record that a process wrote. Throws for a record of a strange shape. */
  add(key: TraceKey, record: TraceRecord, writer: string): void {
    const foreign = isForeign(record);
    // Nothing is known of a trace that only another process's end is left of, or whose records come later.
    const fold = this.folds.get(key) ?? (foreign ? undefined : ShippedFold.create(key, this.prices));
    if (!fold) return;
    fold.add(record);
    if (!foreign) fold.owner = writer;
    this.folds.set(key, fold);
    this.changed.set(key, fold);
  }

  startOf(key: TraceKey): number | undefined {
    return this.folds.get(key)?.head.startedAt;
  }

  /** The traces that changed, as they are now. */
  shipped(): ShippedTrace[] {
    return Array.from(this.changed.values()).flatMap((fold) => {
      try {
        const trace = fold.shipped();
        return isStorable(trace.head) ? [trace] : [];
      } catch {
        // A name that is no text. The lines of the trace are shipped.
        return [];
      }
    });
  }

  /** What changed is in the shared store. */
  stored(): void {
    // The process that reads its records changes it without a word to this one. Of a trace that has ended few records come
    // late, and until then an erasure may mask the contact in its row.
    for (const [key, { owner, isActive }] of this.changed) if (owner === undefined || !isActive) this.folds.delete(key);
    this.changed.clear();
    this.trim();
  }

  remove(key: TraceKey): void {
    this.folds.delete(key);
    this.changed.delete(key);
  }

  /**
   * Forgets the traces of one writer, whose records will come from another place.
   * @param ends the ends that it wrote for traces of other processes, too
   */
  forget(writer: string, ends: boolean): void {
    for (const [key, { owner }] of this.folds) {
      if (owner === writer || (owner === undefined && ends)) this.remove(key);
    }
  }

  clear(): void {
    this.folds.clear();
    this.changed.clear();
  }

  /** Those that have ended go first: few records come late. */
  private trim(): void {
    if (this.folds.size <= MAX_TRACES) return;
    const ended = Array.from(this.folds).filter(([, { isActive }]) => !isActive);
    for (const [key] of [...ended, ...this.folds]) {
      if (this.folds.size <= 0.9 * MAX_TRACES) return;
      this.folds.delete(key);
    }
  }
}

/** Another program can write any line; one trace that no database takes must not keep the others out. */
function isStorable({
  traceId,
  contactId,
  status,
  messageId,
  message,
  startedAt,
  lastAt,
  endedAt,
}: TraceHead): boolean {
  const texts = [traceId, contactId, status, messageId ?? '', message ?? ''];
  const times = [startedAt, lastAt, endedAt ?? 0];
  return texts.every((text) => typeof text === 'string') && times.every((time) => Number.isSafeInteger(time));
}
