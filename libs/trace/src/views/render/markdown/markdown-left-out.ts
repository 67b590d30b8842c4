import { ranges } from '../../text/ranges.js';
import { traceCommand } from '../../text/trace-command.js';
import type { MarkdownBudget } from './markdown-budget.js';
import type { RenderedTrace } from '../kinds.js';
import { StepNumbers } from '../step-numbers.js';
import { code } from './markdown-text.js';

/** The list of what is missing may take so much of the budget, kept back from the beginning. */
const SHARE = 0.12;
const MAX_TOKENS = 400;

/** What the budget had no room for, and how to get it. */
export class LeftOut {
  /** Tokens to keep back for `lines`. */
  readonly reserved: number;
  private readonly found: { what: string; steps: readonly number[] }[] = [];
  private readonly seqs = new Set<number>();

  constructor(
    private readonly trace: Pick<RenderedTrace, 'trace_id' | 'events'>,
    private readonly maxTokens: number,
    private readonly numbers = new StepNumbers(trace.events),
  ) {
    this.reserved = Math.min(MAX_TOKENS, Math.floor(maxTokens * SHARE));
  }

  /** Returns no lines, for the place of what is left out. @param seqs of the events that are left out */
  leaveOut(what: string, seqs: readonly number[] = []): string[] {
    for (const seq of seqs) this.seqs.add(seq);
    this.found.push({ what, steps: seqs.map((seq) => this.numbers.of(seq)).sort((a, b) => a - b) });
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
    const items = this.found.map(({ what, steps }) => {
      if (steps.length === 0) return `- ${what}`;
      return `- ${what} of ${steps.length === 1 ? 'step' : 'steps'} ${ranges(steps, mostRanges)}`;
    });
    const seqs = [...this.seqs].sort((a, b) => a - b);
    const overMcp =
      seqs.length === 0 ? '' : `, or over MCP ${code('get_steps')} with the numbers ${ranges(seqs, mostRanges)}`;
    const more =
      this.trace.events === undefined
        ? []
        : ['', `For more: ${code(traceCommand(this.trace.trace_id, '--raw'))}${overMcp}.`];
    return ['', `## Left out, to stay within ${this.maxTokens} tokens`, '', ...items, ...more];
  }

  private short(): string[] {
    return ['', `Left out, to stay within ${this.maxTokens} tokens: ${this.found.length} parts.`];
  }
}
