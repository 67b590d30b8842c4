interface TwinTableProps {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/** The numbers of a chart as a table. */
export function TwinTable({ head, rows }: TwinTableProps) {
  return (
    <details class="twin">
      <summary>As a table</summary>
      <div class="scroll-x" tabIndex={0} role="region" aria-label="The numbers of the chart">
        <table>
          <thead>
            <tr>
              {head.map((name, column) => (
                <th key={name} scope="col" class={column === head.length - 1 ? 'number' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {row.map((cell, column) => (
                  <td key={column} class={column === row.length - 1 ? 'number' : undefined}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
