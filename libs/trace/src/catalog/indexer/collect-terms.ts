import { ATTRIBUTE, textIn } from '../../model/attributes.js';
import type { SpanEndFields, SpanId, SpanStartFields, TraceRecord } from '../../model/record.js';
import { recordedUsage } from '../../model/usage.js';
import { factsIn, type EventFacts } from '../../model/vocabulary.js';
import type { TermKind, Terms } from '../tables/terms.js';
import { bucketOf } from '../tables/rollups/latency.js';
import { decodeTerms, encodeTerms, FILTER_ONLY, MAX_TOOK, type TermUse, type TermUses } from '../tables/trace-terms.js';

/** No term: the span's type is not counted. */
const UNCOUNTED = 0;
const NO_TERMS: readonly number[] = [];
/** Limit for a trace that numbers its tools. */
const MAX_TERMS = 200;

/** Numbers of names. */
export type TermNumbers = Pick<Terms, 'find' | 'number'>;

/** Agents, tools, hops, models, hosts and tags of one trace, with their uses, durations and failures. */
export class TermCollector {
  private readonly uses: Map<number, TermUse>;
  private readonly fresh = new Set<number>();
  /** Spans that have not ended, by id. */
  private readonly open = new Map<SpanId, readonly number[]>();

  /**
   * @param stored `text` of a trace that is in the catalog
   * @param recall returns its records so far: the catalog does not hold the open spans
   */
  constructor(
    private readonly table: TermNumbers,
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
        const facts = factsIn(record);
        if (facts.from !== undefined && facts.to !== undefined) this.noteHop(facts.from, facts.to);
        this.use('tool', facts.tool, record.ms);
        return this.noteFacts(facts);
      }
      case 'span':
        this.open.set(record.span, this.start(record));
        return;
      case 'span_end':
        return this.end(record);
      case 'error':
        return this.filter('fingerprint', record.fingerprint);
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

  private noteFacts({ tag, usage }: EventFacts): void {
    if (tag) {
      this.filter('tag', tag.key);
      this.filter('tag', `${tag.key}=${tag.value}`);
    }
    if (usage) this.use('model', recordedUsage(usage)?.model);
  }

  private start({ type, name, attributes }: SpanStartFields<unknown>): readonly number[] {
    const term = type === 'agent' || type === 'tool' ? this.use(type, name) : UNCOUNTED;
    if (type === 'llm') this.filter('model', textIn(attributes, ATTRIBUTE.model));
    const host = this.use('host', textIn(attributes, ATTRIBUTE.host));
    if (host === UNCOUNTED) return term === UNCOUNTED ? NO_TERMS : [term];
    return [term, host];
  }

  /** The model that answered is known here, and counts here. */
  private end({ span, ms, outcome, usage: recorded }: SpanEndFields<unknown>): void {
    if (!this.open.has(span)) this.remember();
    const failed = outcome === 'error';
    for (const term of this.open.get(span) ?? NO_TERMS) this.ended(term, ms, failed);
    this.open.delete(span);
    const usage = recorded === undefined ? undefined : recordedUsage(recorded);
    if (usage?.calls === 0) this.filter('model', usage.model);
    else if (usage) this.ended(this.use('model', usage.model), ms, failed);
  }

  private ended(term: number, ms: number, failed: boolean): void {
    const use = this.uses.get(term);
    if (!use) return;
    if (failed) use.errors += 1;
    took(use, ms);
  }

  private remember(): void {
    const records = this.recall?.() ?? [];
    this.recall = undefined;
    for (const record of records) {
      if (record.kind !== 'span') continue;
      const { type, name, attributes } = record;
      const host = textIn(attributes, ATTRIBUTE.host);
      const terms = [
        type === 'agent' || type === 'tool' ? this.table.find(type, name) : undefined,
        host === undefined ? undefined : this.table.find('host', host),
      ];
      this.open.set(
        record.span,
        terms.filter((term) => term !== undefined),
      );
    }
  }

  private use(kind: TermKind, name: string | undefined, ms?: number): number {
    const term = this.touch(kind, name);
    const use = this.uses.get(term);
    if (!use) return UNCOUNTED;
    use.n = Math.max(0, use.n) + 1;
    if (ms !== undefined) took(use, ms);
    return term;
  }

  /** The trace is found by this name, which counts as no use. */
  private filter(kind: TermKind, name: string | undefined): void {
    this.touch(kind, name, FILTER_ONLY);
  }

  private touch(kind: TermKind, name: string | undefined, n = 0): number {
    if (!name) return UNCOUNTED;
    const known = this.table.find(kind, name);
    if (known !== undefined && this.uses.has(known)) return known;
    if (this.uses.size >= MAX_TERMS) return UNCOUNTED;
    const term = known ?? this.table.number(kind, name);
    this.uses.set(term, { n, errors: 0, us: 0, took: [] });
    this.fresh.add(term);
    return term;
  }
}

function took(use: TermUse, ms: number): void {
  const us = Math.max(0, Math.round(ms * 1000));
  use.us += us;
  if (use.took.length < MAX_TOOK) use.took.push(bucketOf(us));
}
