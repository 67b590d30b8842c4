import { LEVELS } from '../../catalog/tables/rollups/rollup-range.js';
import { decodeRollup, encodeRollup } from '../../catalog/tables/rollups/rollup-text.js';
import { OTHER_TERMS, Rollup } from '../../catalog/tables/rollups/rollup.js';
import { usageShare } from '../../catalog/tables/rollups/usage-share.js';
import type { Term, TermNames } from '../../catalog/tables/term-names.js';
import { FILTER_ONLY, type TermUse } from '../../catalog/tables/trace-terms.js';
import type { Micros } from '../../model/record.js';
import { hasFailed } from '../../model/status.js';
import type { SummedTrace } from './summed-traces.js';

/** Widths of the parts of an hour and of a day that have a bar each: the histogram of 59 hours shows minutes. */
const [BAR_OF_HOUR, BAR_OF_DAY] = LEVELS;

/** Traces that began in one minute or hour, and how many of them failed. */
export interface Bar {
  traces: number;
  errors: number;
}

/** What is stored: term numbers in `cells` are places in `names`, from 1. */
interface SumsText {
  names: [Term['kind'], string][];
  cells: string;
  bars: [number: number, traces: number, errors: number][];
}

/** Sums of the ended traces that began in an hour or a day. */
export class Sums {
  readonly rollup = new Rollup();
  /** By begin, with minutes in the sums of an hour and hours in those of a day. */
  readonly bars = new Map<Micros, Bar>();

  constructor(private readonly barWidth: number) {}

  static ofHour(): Sums {
    return new Sums(BAR_OF_HOUR);
  }

  static ofDay(): Sums {
    return new Sums(BAR_OF_DAY);
  }

  /** @param at begin of the hour or day. Throws for other text than `encode` wrote. */
  static decode(text: string, names: TermNames, at: Micros, barWidth: number): Sums {
    const stored = JSON.parse(text) as SumsText;
    const numbers = stored.names.map(([kind, name]) => names.number(kind, name));
    const sums = new Sums(barWidth);
    sums.rollup.merge(renumbered(decodeRollup(stored.cells), (term) => numbers[term - 1] ?? OTHER_TERMS));
    for (const [number, traces, errors] of stored.bars) sums.bars.set(at + number * barWidth, { traces, errors });
    return sums;
  }

  encode(names: TermNames, at: Micros): string {
    const used: SumsText['names'] = [];
    const rollup = renumbered(this.rollup, (term) => {
      const { kind, name } = names.get(term)!;
      return used.push([kind, name]);
    });
    const bars = Array.from(this.bars, ([begin, { traces, errors }]): SumsText['bars'][number] => [
      Math.round((begin - at) / this.barWidth),
      traces,
      errors,
    ]);
    return JSON.stringify({ names: used, cells: encodeRollup(rollup), bars } satisfies SumsText);
  }

  add(trace: SummedTrace, names: TermNames): void {
    addTrace(this.rollup, trace, names);
    this.addBar(trace.startedAt, { traces: 1, errors: hasFailed(trace.status) ? 1 : 0 });
  }

  merge({ rollup, bars }: Sums): void {
    this.rollup.merge(rollup);
    for (const [at, bar] of bars) this.addBar(at, bar);
  }

  private addBar(at: Micros, { traces, errors }: Bar): void {
    const begin = Math.floor(at / this.barWidth) * this.barWidth;
    const bar = this.bars.get(begin) ?? { traces: 0, errors: 0 };
    bar.traces += traces;
    bar.errors += errors;
    this.bars.set(begin, bar);
  }
}

/** Adds the share of one trace to the sums. */
export function addTrace(rollup: Rollup, trace: SummedTrace, names: TermNames): void {
  const { startedAt, endedAt, status, uses, usage } = trace;
  const terms = new Map<number, TermUse>();
  for (const { kind, name, n, errors, us, took } of uses) {
    terms.set(names.number(kind, name), { n, errors, us, took: took as number[] });
  }
  // A model that reported usage without a call of its own is no use, and has tokens and cost.
  for (const name of Object.keys(usage?.models ?? {})) {
    const term = names.number('model', name);
    if (!terms.has(term)) terms.set(term, { n: FILTER_ONLY, errors: 0, us: 0, took: [] });
  }
  rollup.add({ startedAt, endedAt, status, terms, usage: usageShare(usage, terms, names) }, 1);
}

function renumbered(rollup: Rollup, number: (term: number) => number): Rollup {
  const result = new Rollup();
  for (const [status, cell] of rollup.statuses) result.statuses.set(status, cell);
  for (const [term, cell] of rollup.terms) result.terms.set(term === OTHER_TERMS ? term : number(term), cell);
  return result;
}
