import { ranges } from '../ranges.js';
import { traceCommand } from '../trace-command.js';
import type { MarkdownBudget } from './markdown-budget.js';
import type { MarkdownTrace } from './markdown-head.js';
import { code } from './markdown-text.js';

/** The list of what is missing may take so much of the budget, kept back from the beginning. */
const SHARE = 0.12;
const MAX_TOKENS = 400;

/** What the budget had no room for, and how to get it. */
export class LeftOut {
  /** Tokens to keep back for `lines`. */
  readonly reserved: number;
  private readonly found: { what: string; steps: readonly number[] }[] = [];

  constructor(
    private readonly trace: Pick<MarkdownTrace, 'trace_id' | 'events'>,
    private readonly maxTokens: number,
  ) {
    this.reserved = Math.min(MAX_TOKENS, Math.floor(maxTokens * SHARE));
  }

  /** Answers no lines, which is what stands in the place of what is left out. */
  leaveOut(what: string, steps: readonly number[] = []): string[] {
    this.found.push({ what, steps: steps.toSorted((a, b) => a - b) });
    return [];
  }

  /** @param budget with what the text has not used; what is kept back comes on top. */
  lines(budget: MarkdownBudget): string[] {
    if (this.found.length === 0) return [];
    budget.giveBack(this.reserved);
    return budget.takeFirst(this.variants()) ?? [];
  }

  private *variants(): Generator<() => string[]> {
    for (const most of [40, 12, 4]) yield () => this.list(most);
    yield () => this.short();
  }

  private list(mostRanges: number): string[] {
    const items = this.found.map(({ what, steps }) =>
      steps.length === 0
        ? `- ${what}`
        : `- ${what} of ${steps.length === 1 ? 'step' : 'steps'} ${ranges(steps, mostRanges)}`,
    );
    const more =
      this.trace.events === undefined
        ? []
        : [
            '',
            `For more: ${code('get_steps')} with these numbers over MCP, or ${code(traceCommand(this.trace.trace_id, '--raw'))}.`,
          ];
    return ['', `## Left out, to stay within ${this.maxTokens} tokens`, '', ...items, ...more];
  }

  private short(): string[] {
    return ['', `Left out, to stay within ${this.maxTokens} tokens: ${this.found.length} parts.`];
  }
}
