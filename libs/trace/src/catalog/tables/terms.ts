import type { CatalogDb } from '../db/catalog-db.js';

export type TermKind = 'hop' | 'agent' | 'tool';

export interface Term {
  kind: TermKind;
  name: string;
}

const MAX_CACHED = 10_000;

/** Names of tools, agents and hops as small numbers: each stands in the catalog once, however many traces have it. */
export class Terms {
  private readonly ids = new Map<string, number>();
  private readonly labels = new Map<number, Term>();

  constructor(private readonly db: CatalogDb) {}

  /** The name's number, a new one if need be. */
  number(kind: TermKind, name: string): number {
    const known = this.find(kind, name);
    if (known !== undefined) return known;
    const id = Number(this.db.run('insertTerm', kind, name).lastInsertRowid);
    this.keep(id, { kind, name });
    return id;
  }

  find(kind: TermKind, name: string): number | undefined {
    const id = this.ids.get(`${kind}:${name}`) ?? this.db.get<{ id: number }>('termId', kind, name)?.id;
    if (id !== undefined) this.keep(id, { kind, name });
    return id;
  }

  get(id: number): Term | undefined {
    const label = this.labels.get(id) ?? this.db.get<Term>('term', id);
    if (label) this.keep(id, label);
    return label;
  }

  /** Names that no trace has any more. */
  deleteUnused(): void {
    this.db.run('deleteUnusedTerms');
    this.forget();
  }

  forget(): void {
    this.ids.clear();
    this.labels.clear();
  }

  private keep(id: number, label: Term): void {
    if (this.labels.has(id)) return;
    if (this.labels.size >= MAX_CACHED) this.forget();
    this.ids.set(`${label.kind}:${label.name}`, id);
    this.labels.set(id, label);
  }
}
