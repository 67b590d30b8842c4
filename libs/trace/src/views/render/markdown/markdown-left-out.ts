import { ranges } from '../../text/ranges.js';
import { traceCommand } from '../../text/trace-command.js';
import type { MarkdownBudget } from './markdown-budget.js';
import type { RenderedTrace } from '../kinds.js';
import { StepNumbers } from '../step-numbers.js';
import { code } from './markdown-text.js';

/** Share of the budget that is reserved for the list of missing parts. */
const SHARE = 0.12;
const MAX_TOKENS = 400;

/** The parts that did not fit into the budget, and the commands that return them. */
export class LeftOut {
  /** Tokens that are reserved for `lines`. */
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

  /** Notes a missing part and returns no lines. @param seqs of the events that are left out */
  leaveOut(what: string, seqs: readonly number[] = []): string[] {
    for (const seq of seqs) this.seqs.add(seq);
    this.found.push({ what, steps: seqs.map((seq) => this.numbers.of(seq)).sort((a, b) => a - b) });
    return [];
  }

  /** @param budget rest of the budget; the reserved tokens are added */
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
