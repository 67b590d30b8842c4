import { estimateTokens } from '../../text/token-estimate.js';

/** Tokens of a text that may only grow so far. What is told that it does not fit is not written. */
export class MarkdownBudget {
  constructor(private free: number) {}

  get left(): number {
    return this.free;
  }

  /** Takes these lines from what is left, unless they cost more than that or more than `atMost`. */
  take(lines: readonly string[], atMost = Infinity): boolean {
    const cost = costOf(lines);
    if (cost > Math.min(this.free, atMost)) return false;
    this.free -= cost;
    return true;
  }

  giveBack(tokens: number): void {
    this.free += tokens;
  }

  /** The first of the variants, longest first, that fits; they are only made when they are needed. */
  takeFirst(variants: Iterable<() => string[]>, atMost = Infinity): string[] | undefined {
    for (const variant of variants) {
      const lines = variant();
      if (this.take(lines, atMost)) return lines;
    }
    return undefined;
  }
}

/** The line breaks are counted with the lines. */
export function costOf(lines: readonly string[]): number {
  return estimateTokens(`${lines.join('\n')}\n`);
}
