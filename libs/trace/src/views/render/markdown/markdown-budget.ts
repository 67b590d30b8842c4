import { estimateTokens } from '../../text/token-estimate.js';

/** Budget of a text in tokens. Parts that do not fit are not written. */
export class MarkdownBudget {
  constructor(private free: number) {}

  get left(): number {
    return this.free;
  }

  /** Subtracts the cost of these lines; returns `false` if it exceeds the rest of the budget or `atMost`. */
  take(lines: readonly string[], atMost = Infinity): boolean {
    const cost = costOf(lines);
    if (cost > Math.min(this.free, atMost)) return false;
    this.free -= cost;
    return true;
  }

  giveBack(tokens: number): void {
    this.free += tokens;
  }

  /** The first variant that fits, longest first. Variants are made one by one. */
  takeFirst(variants: Iterable<() => string[]>, atMost = Infinity): string[] | undefined {
    for (const variant of variants) {
      const lines = variant();
      if (this.take(lines, atMost)) return lines;
    }
    return undefined;
  }
}

/** Tokens of the lines with their line breaks. */
export function costOf(lines: readonly string[]): number {
  return estimateTokens(`${lines.join('\n')}\n`);
}
