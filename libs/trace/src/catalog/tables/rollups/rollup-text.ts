import type { TraceStatus } from '../../../model/status.js';
import type { UsageSums } from '../../../model/trace.js';
import { SUM_NAMES } from '../../../model/usage-sums.js';
import { Cell, Rollup } from './rollup.js';

/** With model calls, their sums are the first element of the rest. */
type CellText = [name: number | TraceStatus, count: number, errors: number, us: number, ...rest: (number | number[])[]];

/** Encodes a rollup for the catalog: a list of cells, each with its buckets and their counts in turn. */
export function encodeRollup({ statuses, terms }: Rollup): string {
  const cells: CellText[] = [];
  for (const [name, cell] of [...statuses, ...terms]) if (cell.count !== 0 || cell.usage) cells.push(text(name, cell));
  return JSON.stringify(cells);
}

export function decodeRollup(json: string): Rollup {
  const rollup = new Rollup();
  for (const [name, count, errors, us, ...rest] of JSON.parse(json) as CellText[]) {
    const cell = new Cell(count, errors, us);
    if (Array.isArray(rest[0])) cell.usage = decodeSums(rest.shift() as number[]);
    const took = rest as number[];
    for (let i = 0; i + 1 < took.length; i += 2) cell.took.set(took[i]!, took[i + 1]!);
    if (typeof name === 'number') rollup.terms.set(name, cell);
    else rollup.statuses.set(name, cell);
  }
  return rollup;
}

function text(name: number | TraceStatus, { count, errors, us, took, usage }: Cell): CellText {
  return [name, count, errors, us, ...(usage ? [encodeSums(usage)] : []), ...Array.from(took).flat()];
}

/** Sums as numbers, in the order of `SUM_NAMES`. */
export function encodeSums(usage: UsageSums): number[] {
  return SUM_NAMES.map((name) => usage[name]);
}

/** Sums of their numbers. */
export function decodeSums(sums: readonly number[]): UsageSums {
  return Object.fromEntries(SUM_NAMES.map((name, i) => [name, sums[i] ?? 0])) as unknown as UsageSums;
}
