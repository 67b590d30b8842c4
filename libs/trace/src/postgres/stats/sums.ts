import { LEVELS } from '../../catalog/tables/rollups/rollup-range.js';
import { decodeRollup, encodeRollup } from '../../catalog/tables/rollups/rollup-text.js';
import { OTHER_TERMS, Rollup } from '../../catalog/tables/rollups/rollup.js';
import type { TraceShare } from '../../catalog/tables/rollups/usage-share.js';
import type { Term, TermNames } from '../../catalog/tables/term-names.js';
import { FILTER_ONLY, type TermUse, type TermUses } from '../../catalog/tables/trace-terms.js';
import type { Micros } from '../../model/record.js';
import { hasFailed } from '../../model/status.js';
import type { TraceUsage, UsageSums } from '../../model/trace.js';
import type { SummedTrace } from './summed-traces.js';

/** Widths of the parts of an hour and of a day that have a bar each: the histogram of 59 hours shows minutes. */
const [BAR_OF_HOUR, BAR_OF_DAY] = LEVELS;

/** Traces that began in one minute or hour, and how many of them failed. */
export interface Bar {
  traces: number;
  errors: number;
}

/** Sums of a time within one day. */
export interface DatedRollup {
  at: Micros;
  rollup: Rollup;
  bars: ReadonlyMap<Micros, Bar>;
  /** `false`: a program that does not count replies stored it. */
  hasReplies: boolean;
}

/** The first line of what is stored: term numbers in `cells` are places in `names`, from 1. */
interface SumsText {
  names: [Term['kind'], string][];
  cells: string;
  bars: [number: number, traces: number, errors: number][];
  /** Replies of the whole. Programs of before leave them out. Those of parts are in the third line. */
  replies?: number;
}

/** Width of a part of an hour. A range that divides an hour reads at most two parts of it trace by trace. */
export const PART = 5 * LEVELS[0];
const PARTS = LEVELS[1] / PART;
/** JSON has none. */
const LINE_END = '\n';

/** Sums of the ended traces that began in an hour, a part of an hour, or a day. */
export class Sums {
  readonly rollup = new Rollup();
  /** By begin, with minutes in the sums of an hour and hours in those of a day. */
  readonly bars = new Map<Micros, Bar>();
  hasReplies = true;

  /** @param parts of an hour, in their order; only where they were asked for */
  private constructor(
    readonly at: Micros,
    private readonly barWidth: number,
    readonly parts: readonly Rollup[] = [],
  ) {}

  static ofHour(at: Micros): Sums {
    const parts = Array.from({ length: PARTS }, () => new Rollup());
    return new Sums(at, BAR_OF_HOUR, parts);
  }

  static ofPart(at: Micros): Sums {
    return new Sums(at, BAR_OF_HOUR);
  }

  static ofDay(at: Micros): Sums {
    return new Sums(at, BAR_OF_DAY);
  }

  /** @param text what `encode` returned, or its first line. Throws for any other. */
  static decode(text: string, names: TermNames, at: Micros, level: 'hour' | 'day'): Sums {
    const [first, second, third] = text.split(LINE_END) as [string, string | undefined, string | undefined];
    const stored = JSON.parse(first) as SumsText;
    const numbers = stored.names.map(([kind, name]) => names.number(kind, name));
    const decoded = (cells: string): Rollup =>
      renumbered(decodeRollup(cells), (term) => numbers[term - 1] ?? OTHER_TERMS);
    const parts = second === undefined ? [] : (JSON.parse(second) as string[]).map(decoded);
    const replies = third === undefined ? [] : (JSON.parse(third) as number[]);
    for (const [i, part] of parts.entries()) part.replies = replies[i] ?? 0;
    const sums = new Sums(at, level === 'hour' ? BAR_OF_HOUR : BAR_OF_DAY, parts);
    sums.rollup.merge(decoded(stored.cells));
    sums.rollup.replies = stored.replies ?? 0;
    sums.hasReplies = stored.replies !== undefined;
    for (const [number, traces, errors] of stored.bars) {
      sums.bars.set(at + number * sums.barWidth, { traces, errors });
    }
    return sums;
  }

  /** One line for the whole, and two for the parts of an hour: their cells, and their replies. */
  encode(names: TermNames): string {
    const used: SumsText['names'] = [];
    const places = new Map<number, number>();
    const placeOf = (term: number): number => {
      let place = places.get(term);
      if (place === undefined) {
        const { kind, name } = names.get(term)!;
        places.set(term, (place = used.push([kind, name])));
      }
      return place;
    };
    const cells = encodeRollup(renumbered(this.rollup, placeOf));
    const parts = this.parts.map((part) => encodeRollup(renumbered(part, placeOf)));
    const bars = Array.from(this.bars, ([begin, { traces, errors }]): SumsText['bars'][number] => [
      Math.round((begin - this.at) / this.barWidth),
      traces,
      errors,
    ]);
    // Not in the cells, where programs of before would take them for a status.
    const { replies } = this.rollup;
    const known = this.hasReplies && { replies };
    const whole = JSON.stringify({ names: used, cells, bars, ...known } satisfies SumsText);
    if (parts.length === 0) return whole;
    const ofParts = JSON.stringify(this.parts.map((part) => part.replies));
    return [whole, JSON.stringify(parts), ofParts].join(LINE_END);
  }

  add(trace: SummedTrace, names: TermNames): void {
    addTrace(this.rollup, trace, names);
    const part = this.parts[Math.floor((trace.startedAt - this.at) / PART)];
    if (part) addTrace(part, trace, names);
    this.addBar(trace.startedAt, { traces: 1, errors: hasFailed(trace.status) ? 1 : 0 });
  }

  merge({ rollup, bars, hasReplies }: Sums): void {
    this.hasReplies &&= hasReplies;
    this.rollup.merge(rollup);
    for (const [at, bar] of bars) this.addBar(at, bar);
  }

  /** Parts of an hour, from `from` to before `to`, which are their begins. */
  between(from: Micros, to: Micros): DatedRollup {
    const rollup = new Rollup();
    for (let at = from; at < to; at += PART) {
      const part = this.parts[Math.round((at - this.at) / PART)];
      if (part) rollup.merge(part);
    }
    const bars = new Map([...this.bars].filter(([at]) => from <= at && at < to));
    return { at: from, rollup, bars, hasReplies: this.hasReplies };
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
  const { startedAt, endedAt, status, uses, usage, replies } = trace;
  const terms = new Map<number, TermUse>();
  for (const { kind, name, n, errors, us, took } of uses) {
    terms.set(names.number(kind, name), { n, errors, us, took: took as number[] });
  }
  // A model that reported usage without a call of its own is no use, and has tokens and cost.
  for (const name of Object.keys(usage?.models ?? {})) {
    const term = names.number('model', name);
    if (!terms.has(term)) terms.set(term, { n: FILTER_ONLY, errors: 0, us: 0, took: [] });
  }
  rollup.add(
    { startedAt, endedAt, status, terms, replies, usage: usage ? shareOf(usage, terms, names) : undefined },
    1,
  );
}

/** Not copied, as nothing changes it: that takes a third of the time of a trace. */
function shareOf(usage: TraceUsage, terms: TermUses, names: TermNames): TraceShare {
  const share = new Map<number, UsageSums>();
  for (const [kind, all] of [
    ['model', usage.models],
    ['agent', usage.agents],
  ] as const) {
    for (const [name, sums] of Object.entries(all)) {
      const term = names.find(kind, name);
      if (term !== undefined && terms.has(term)) share.set(term, sums);
    }
  }
  return { all: usage, terms: share };
}

function renumbered(rollup: Rollup, number: (term: number) => number): Rollup {
  const result = new Rollup();
  for (const [status, cell] of rollup.statuses) result.statuses.set(status, cell);
  for (const [term, cell] of rollup.terms) result.terms.set(term === OTHER_TERMS ? term : number(term), cell);
  return result;
}
