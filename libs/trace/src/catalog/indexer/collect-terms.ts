import type { SpanId, TraceRecord } from '../../model/record.js';
import { factsIn } from '../../model/vocabulary.js';
import type { TermKind, Terms } from '../tables/terms.js';
import { bucketOf } from '../tables/rollups/latency.js';
import { decodeTerms, encodeTerms, MAX_TOOK, type TermUse, type TermUses } from '../tables/trace-terms.js';

/** A span of no kind that is counted. */
const UNCOUNTED = 0;
/** A trace that names its tools by number must not fill the catalog. */
const MAX_TAGS = 200;

/** The agents, tools and hops of one trace, with how often each was used, how long it took and how often it failed. */
export class TermCollector {
  private readonly uses: Map<number, TermUse>;
  private readonly fresh = new Set<number>();
  /** Spans that have not ended, by id. */
  private readonly open = new Map<SpanId, number>();

  /**
   * @param stored of `text`, for a trace that the catalog has
   * @param recall its records so far: of the spans that were open then, the catalog knows nothing
   */
  constructor(
    private readonly labels: Terms,
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

  /** Names that it did not have at the last call. */
  takeNew(): number[] {
    const fresh = [...this.fresh];
    this.fresh.clear();
    return fresh;
  }

  /** All its names are new again. */
  renew(): void {
    for (const label of this.uses.keys()) this.fresh.add(label);
  }

  copy(): TermUses {
    return new Map(Array.from(this.uses, ([label, use]) => [label, { ...use, took: [...use.took] }]));
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
      this.open.set(record.span, this.labels.find(record.type, record.name) ?? UNCOUNTED);
    }
  }

  private use(kind: TermKind, name: string | undefined, ms?: number): number {
    const label = this.touch(kind, name);
    const use = this.uses.get(label);
    if (!use) return UNCOUNTED;
    use.n += 1;
    if (ms !== undefined) took(use, ms);
    return label;
  }

  private touch(kind: TermKind, name: string | undefined): number {
    if (!name) return UNCOUNTED;
    const label = this.labels.find(kind, name);
    if (label !== undefined && this.uses.has(label)) return label;
    if (this.uses.size >= MAX_TAGS) return UNCOUNTED;
    const made = label ?? this.labels.number(kind, name);
    this.uses.set(made, { n: 0, errors: 0, us: 0, took: [] });
    this.fresh.add(made);
    return made;
  }
}

function took(use: TermUse, ms: number): void {
  const us = Math.max(0, Math.round(ms * 1000));
  use.us += us;
  if (use.took.length < MAX_TOOK) use.took.push(bucketOf(us));
}
