import { DataTable } from './data-table.js';

interface TwinTableProps {
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** Number of columns with text. Default: all but the last. */
  texts?: number;
}

/** The numbers of a chart as a table. */
export function TwinTable({ head, rows, texts = head.length - 1 }: TwinTableProps) {
  return (
    <details class="twin">
      <summary>As a table</summary>
      <DataTable label="The numbers of the chart" head={head} rows={rows} texts={texts} />
    </details>
  );
}
