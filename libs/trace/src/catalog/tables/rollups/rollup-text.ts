import type { TraceStatus } from '../../../model/status.js';
import { Cell, Rollup } from './rollup.js';

type CellText = [name: number | TraceStatus, count: number, errors: number, us: number, ...took: number[]];

/** Encodes a rollup for the catalog: a list of cells, each with its buckets and their counts in turn. */
export function encodeRollup({ statuses, terms }: Rollup): string {
  const cells: CellText[] = [];
  for (const [name, cell] of [...statuses, ...terms]) if (cell.count !== 0) cells.push(text(name, cell));
  return JSON.stringify(cells);
}

export function decodeRollup(json: string): Rollup {
  const rollup = new Rollup();
  for (const [name, count, errors, us, ...took] of JSON.parse(json) as CellText[]) {
    const cell = new Cell(count, errors, us);
    for (let i = 0; i + 1 < took.length; i += 2) cell.took.set(took[i]!, took[i + 1]!);
    if (typeof name === 'number') rollup.terms.set(name, cell);
    else rollup.statuses.set(name, cell);
  }
  return rollup;
}

function text(name: number | TraceStatus, { count, errors, us, took }: Cell): CellText {
  return [name, count, errors, us, ...Array.from(took).flat()];
}
