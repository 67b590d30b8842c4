/** A tag is `key`, and `key=value`; a fingerprint is that of an error. Both are filters only. */
export type TermKind = 'hop' | 'agent' | 'tool' | 'model' | 'host' | 'tag' | 'fingerprint';

export interface Term {
  kind: TermKind;
  name: string;
}

/** Names of tools, agents, models and others as numbers from 1. */
export interface TermNames {
  /** The number of a name. A new name gets a new number. */
  number(kind: TermKind, name: string): number;
  /** `undefined`: the name has no number. */
  find(kind: TermKind, name: string): number | undefined;
  get(id: number): Term | undefined;
}

/** Numbers that mean something in this process only, for as long as this object exists. */
export class MemoryTermNames implements TermNames {
  private readonly ids = new Map<string, number>();
  private readonly terms: Term[] = [];

  get size(): number {
    return this.terms.length;
  }

  number(kind: TermKind, name: string): number {
    const text = `${kind}:${name}`;
    let id = this.ids.get(text);
    if (id === undefined) this.ids.set(text, (id = this.terms.push({ kind, name })));
    return id;
  }

  find(kind: TermKind, name: string): number | undefined {
    return this.ids.get(`${kind}:${name}`);
  }

  get(id: number): Term | undefined {
    return this.terms[id - 1];
  }
}
