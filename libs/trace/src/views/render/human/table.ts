import { cellWidth, fitCells, padCells } from './cell-width.js';
import { terminalSafe } from '../../text/visible-text.js';

export interface Column<Row> {
  title: string;
  /** The cell's text; made safe for the terminal here. */
  of: (row: Row) => string;
  align?: 'left' | 'right';
  /** Cells to which the column shrinks where the table is too wide. Default: it keeps its width. */
  shrinkTo?: number;
  /** Colours the cell after it was cut and padded. */
  paint?: (cell: string, row: Row) => string;
}

const GAP = 2;

/** Lines of a table of at most `width` cells. The widest of the columns with `shrinkTo` shrinks first. */
export function table<Row>(
  columns: Column<Row>[],
  rows: readonly Row[],
  options: { width: number; paintTitle: (title: string) => string },
): string[] {
  const cells = rows.map((row) => columns.map((column) => terminalSafe(column.of(row))));
  const widths = columns.map((column, index) =>
    Math.max(cellWidth(column.title), ...cells.map((line) => cellWidth(line[index] ?? ''))),
  );
  shrink(columns, widths, options.width - GAP * (columns.length - 1));

  const line = (texts: string[], paint: (cell: string, index: number) => string): string =>
    texts
      .map((text, index) => {
        const column = columns[index];
        const width = widths[index] ?? 0;
        const last = index === texts.length - 1 && column?.align !== 'right';
        const fitted = fitCells(text, width);
        return paint(last ? fitted : padCells(fitted, width, column?.align), index);
      })
      .join(' '.repeat(GAP));

  return [
    line(
      columns.map(({ title }) => title),
      options.paintTitle,
    ),
    ...rows.map((row, at) => line(cells[at] ?? [], (cell, index) => columns[index]?.paint?.(cell, row) ?? cell)),
  ].map((text) => text.trimEnd());
}

function shrink<Row>(columns: Column<Row>[], widths: number[], available: number): void {
  for (let over = widths.reduce((sum, width) => sum + width, 0) - available; over > 0; over -= 1) {
    let widest = -1;
    columns.forEach(({ shrinkTo }, index) => {
      const width = widths[index] ?? 0;
      if (shrinkTo !== undefined && width > shrinkTo && width > (widths[widest] ?? 0)) widest = index;
    });
    if (widest === -1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}
