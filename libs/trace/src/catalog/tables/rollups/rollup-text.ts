import type { TraceStatus } from '../../../model/status.js';
import type { UsageSums } from '../../../model/trace.js';
import { SUM_NAMES } from '../../../model/usage-sums.js';
import { Cell, Rollup } from './rollup.js';

/** With model calls, their sums are the first element of the rest. */
type CellText = [name: number | TraceStatus, count: number, errors: number, us: number, ...rest: (number | number[])[]];

/** Encodes a rollup for the catalog: the replies where there are any, then cells, each with its buckets and counts in turn. */
export function encodeRollup({ statuses, terms, replies }: Rollup): string {
  const cells: (CellText | number)[] = replies === 0 ? [] : [replies];
  for (const [name, cell] of [...statuses, ...terms])
    if (cell.count !== 0 || cell.usage) cells.push(cellText(name, cell));
  return JSON.stringify(cells);
}

export function decodeRollup(json: string): Rollup {
  const rollup = new Rollup();
  for (const text of JSON.parse(json) as (CellText | number)[]) {
    if (typeof text === 'number') {
      rollup.replies = text;
      continue;
    }
    const [name, count, errors, us, ...rest] = text;
    const cell = new Cell(count, errors, us);
    if (Array.isArray(rest[0])) cell.usage = decodeSums(rest.shift() as number[]);
    const took = rest as number[];
    for (let i = 0; i + 1 < took.length; i += 2) cell.took.set(took[i]!, took[i + 1]!);
    if (typeof name === 'number') rollup.terms.set(name, cell);
    else rollup.statuses.set(name, cell);
  }
  return rollup;
}

function cellText(name: number | TraceStatus, { count, errors, us, took, usage }: Cell): CellText {
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
