import type { CatalogDb } from '../db/catalog-db.js';
import type { Term, TermKind, TermNames } from './term-names.js';

export type { Term, TermKind } from './term-names.js';

const MAX_CACHED = 10_000;

/** Names of tools, agents, models and others as small numbers. Each name is stored once, for all traces that have it. */
export class Terms implements TermNames {
  private readonly ids = new Map<string, number>();
  private readonly terms = new Map<number, Term>();

  constructor(private readonly db: CatalogDb) {}

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
    const term = this.terms.get(id) ?? this.db.get<Term>('term', id);
    if (term) this.keep(id, term);
    return term;
  }

  /** Deletes names that no trace has. */
  deleteUnused(): void {
    this.db.run('deleteUnusedTerms');
    this.forget();
  }

  forget(): void {
    this.ids.clear();
    this.terms.clear();
  }

  private keep(id: number, term: Term): void {
    if (this.terms.has(id)) return;
    if (this.terms.size >= MAX_CACHED) this.forget();
    this.ids.set(`${term.kind}:${term.name}`, id);
    this.terms.set(id, term);
  }
}
