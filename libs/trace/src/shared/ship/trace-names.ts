import type { TermNumbers } from '../../catalog/indexer/collect-terms.js';
import type { Term, TermKind } from '../../catalog/tables/terms.js';

/** The names in one trace as numbers, for `TermCollector`. A trace has 200 of them at most. */
export class TraceNames implements TermNumbers {
  private readonly numbers = new Map<string, number>();
  private readonly terms: Term[] = [];

  find(kind: TermKind, name: string): number | undefined {
    return this.numbers.get(`${kind}:${name}`);
  }

  number(kind: TermKind, name: string): number {
    const known = this.find(kind, name);
    if (known !== undefined) return known;
    // 0 is the number of no term.
    const number = this.terms.push({ kind, name });
    this.numbers.set(`${kind}:${name}`, number);
    return number;
  }

  get(number: number): Term {
    return this.terms[number - 1]!;
  }
}
