import type { SpanId, TraceRecord } from '../../model/record.js';
import { factsIn } from '../../model/vocabulary.js';
import type { TermKind, Terms } from '../tables/terms.js';
import { bucketOf } from '../tables/rollups/latency.js';
import { decodeTerms, encodeTerms, MAX_TOOK, type TermUse, type TermUses } from '../tables/trace-terms.js';

/** A span whose type is not counted. */
const UNCOUNTED = 0;
/** Limit for a trace that numbers its tools. */
const MAX_TERMS = 200;

/** Agents, tools and hops of one trace, with their uses, durations and failures. */
export class TermCollector {
  private readonly uses: Map<number, TermUse>;
  private readonly fresh = new Set<number>();
  /** Spans that have not ended, by id. */
  private readonly open = new Map<SpanId, number>();

  /**
   * @param stored `text` of a trace that is in the catalog
   * @param recall returns its records so far: the catalog does not hold the open spans
   */
  constructor(
    private readonly table: Terms,
    stored = '[]',
    private recall?: () => TraceRecord[],
  ) {
    this.uses = decodeTerms(stored);
  }

  get text(): string {
    return encodeTerms(this.uses);
  }

  note(record: TraceRecord): void {
    switch (record.kind) {
      case 'event': {
        const { from, to, tool } = factsIn(record);
        if (from !== undefined && to !== undefined) this.noteHop(from, to);
        this.use('tool', tool, record.ms);
        return;
      }
      case 'span':
        this.open.set(record.span, this.start(record.type, record.name));
        return;
      case 'span_end':
        return this.end(record.span, record.ms, record.outcome === 'error');
      default:
    }
  }

  /** Terms that were added since the last call. */
  takeNew(): number[] {
    const fresh = [...this.fresh];
    this.fresh.clear();
    return fresh;
  }

  /** Makes all terms new again. */
  renew(): void {
    for (const term of this.uses.keys()) this.fresh.add(term);
  }

  copy(): TermUses {
    return new Map(Array.from(this.uses, ([term, use]) => [term, { ...use, took: [...use.took] }]));
  }

  private noteHop(from: string, to: string): void {
    this.use('hop', `${from} → ${to}`);
    this.touch('agent', to);
  }

  private start(type: string, name: string): number {
    if (type !== 'agent' && type !== 'tool') return UNCOUNTED;
    return this.use(type, name);
  }

  private end(span: SpanId, ms: number, failed: boolean): void {
    if (!this.open.has(span)) this.remember();
    const use = this.uses.get(this.open.get(span) ?? UNCOUNTED);
    this.open.delete(span);
    if (!use) return;
    if (failed) use.errors += 1;
    took(use, ms);
  }

  private remember(): void {
    const records = this.recall?.() ?? [];
    this.recall = undefined;
    for (const record of records) {
      if (record.kind !== 'span' || (record.type !== 'agent' && record.type !== 'tool')) continue;
      this.open.set(record.span, this.table.find(record.type, record.name) ?? UNCOUNTED);
    }
  }

  private use(kind: TermKind, name: string | undefined, ms?: number): number {
    const term = this.touch(kind, name);
    const use = this.uses.get(term);
    if (!use) return UNCOUNTED;
    use.n += 1;
    if (ms !== undefined) took(use, ms);
    return term;
  }

  private touch(kind: TermKind, name: string | undefined): number {
    if (!name) return UNCOUNTED;
    const known = this.table.find(kind, name);
    if (known !== undefined && this.uses.has(known)) return known;
    if (this.uses.size >= MAX_TERMS) return UNCOUNTED;
    const term = known ?? this.table.number(kind, name);
    this.uses.set(term, { n: 0, errors: 0, us: 0, took: [] });
    this.fresh.add(term);
    return term;
  }
}

function took(use: TermUse, ms: number): void {
  const us = Math.max(0, Math.round(ms * 1000));
  use.us += us;
  if (use.took.length < MAX_TOOK) use.took.push(bucketOf(us));
}
