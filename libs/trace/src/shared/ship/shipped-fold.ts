import { TermCollector } from '../../catalog/indexer/collect-terms.js';
import { foldRecord } from '../../catalog/indexer/fold-record.js';
import { noteLeads } from '../../catalog/indexer/trace-leads.js';
import { MAX_MESSAGE } from '../../catalog/tables/trace-row.js';
import { encodeTerms, FILTER_ONLY, type TermUse } from '../../catalog/tables/trace-terms.js';
import { isForeign } from '../../journal/read/written-order.js';
import type { PriceOf } from '../../model/price.js';
import type { TraceKey, TraceRecord } from '../../model/record.js';
import { LOGGED_LEVELS, type TraceHead } from '../../model/trace.js';
import { emptyHead } from '../../model/trace.reducer.js';
import type { NamedUse, ShippedTrace } from '../ship-target.js';
import { tagOf } from '../tags.js';
import { TraceFinders } from './trace-finders.js';
import { TraceNames } from './trace-names.js';

/** Reads the records of a trace that are in the shared store and have spans which had not ended. */
export type Recall = (key: TraceKey) => TraceRecord[];

/** One trace as the shared store will have it, while records are added to it. */
export class ShippedFold {
  /** Writer whose segments have its records; `undefined`: only another process's end was added. */
  owner: string | undefined;

  private constructor(
    readonly head: TraceHead,
    private version: number,
    private readonly names: TraceNames,
    private readonly terms: TermCollector,
    private readonly finders: TraceFinders,
    private isFirst: boolean,
    private readonly prices: PriceOf,
    /** Records that are in it already and came again. */
    private readonly repeated: TraceRecord[] = [],
  ) {}

  /** A trace that the shared store does not have. */
  static create(key: TraceKey, prices: PriceOf): ShippedFold {
    const names = new TraceNames();
    return new ShippedFold(emptyHead(key), 0, names, new TermCollector(names), new TraceFinders(), true, prices);
  }

  /** A trace as the shared store has it. */
  static load(stored: ShippedTrace, prices: PriceOf, recall: Recall): ShippedFold {
    const { head, version } = stored;
    const names = new TraceNames();
    const text = encodeTerms(usesIn(stored, names));
    const repeated: TraceRecord[] = [];
    const terms = new TermCollector(names, text, () => [...recall(head.key), ...repeated]);
    return new ShippedFold(head, version, names, terms, new TraceFinders(stored), false, prices, repeated);
  }

  get isActive(): boolean {
    return this.head.status === 'active';
  }

  /** Adds a record, once: a store without transactions may have the trace of a batch whose position it has not. */
  add(record: TraceRecord): void {
    const { head } = this;
    if (!this.isFirst && !isForeign(record) && record.seq <= this.version) return void this.repeated.push(record);
    const id = head.traceId;
    foldRecord(head, record, this.isFirst, this.prices);
    this.isFirst = false;
    noteLeads(record, id, this.finders);
    this.terms.note(record);
    // The end that another process wrote has that process's number.
    if (!isForeign(record)) this.version = record.seq;
  }

  /** As it is now. */
  shipped(): ShippedTrace {
    const { head, version } = this;
    const uses: NamedUse[] = [];
    const tags = new Set(this.finders.tags);
    for (const [number, { n, errors, us, took }] of this.terms.copy()) {
      const { kind, name } = this.names.get(number);
      if (kind !== 'hop') tags.add(tagOf(kind, name));
      if (kind !== 'tag' && kind !== 'fingerprint' && n !== FILTER_ONLY) uses.push({ kind, name, n, errors, us, took });
    }
    for (const name of head.route) tags.add(tagOf('route', name));
    for (const level of levelsTo(head.logged)) tags.add(tagOf('log', level));
    const message = head.message === null ? null : head.message.slice(0, MAX_MESSAGE);
    return { head: { ...head, message }, version, tags: [...tags], search: this.finders.textOf(head), uses };
  }
}

function usesIn({ uses, tags }: ShippedTrace, names: TraceNames): Map<number, TermUse> {
  const found = new Map<number, TermUse>();
  for (const { kind, name, n, errors, us, took } of uses) {
    found.set(names.number(kind, name), { n, errors, us, took: [...took] });
  }
  // Names that are no use: tags, fingerprints, and models that were asked for.
  for (const tag of tags) {
    const kind = tag.slice(0, tag.indexOf(':'));
    if (kind !== 'tag' && kind !== 'model' && kind !== 'fingerprint') continue;
    const number = names.number(kind, tag.slice(kind.length + 1));
    if (!found.has(number)) found.set(number, { n: FILTER_ONLY, errors: 0, us: 0, took: [] });
  }
  return found;
}

function levelsTo(highest: TraceHead['logged']): readonly string[] {
  return highest === null ? [] : LOGGED_LEVELS.slice(0, LOGGED_LEVELS.indexOf(highest) + 1);
}
