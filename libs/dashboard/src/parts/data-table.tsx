import type { ComponentChildren } from 'preact';

interface DataTableProps {
  /** Name of the region for a screen reader: a wide table scrolls inside it. */
  label: string;
  head: readonly string[];
  /** The first cell of a row is its name. */
  rows: readonly (readonly ComponentChildren[])[];
  /** Number of columns with text; those after them have numbers. Default: 1. */
  texts?: number;
}

/** A table with a name in each row. */
export function DataTable({ label, head, rows, texts = 1 }: DataTableProps) {
  const kind = (column: number) => (column < texts ? undefined : 'number');
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {head.map((name, column) => (
              <th key={name} scope="col" class={kind(column)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells], index) => (
            <tr key={index}>
              <th scope="row">{name}</th>
              {cells.map((cell, column) => (
                <td key={column} class={kind(column + 1)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A number of failures or losses: marked unless it is 0. */
export function Bad({ value, children }: { value: number; children?: ComponentChildren }) {
  return <span class={value > 0 ? 'bad' : undefined}>{children ?? value.toLocaleString()}</span>;
}
