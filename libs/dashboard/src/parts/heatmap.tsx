import type { InsightsResponse } from '../api/responses.js';
import { clockTime, dayUnlessToday, duration } from '../format/time.js';
import { go, searchHref } from '../state/route.js';
import { TwinTable } from './twin-table.js';

const edge = (at: string | undefined) => (at ? `${dayUnlessToday(at)} ${clockTime(at).slice(0, 5)}`.trim() : '');

/** Start times and durations of traces: darker is more. A click searches for the traces of a cell. */
export function Heatmap({ heatmap: { columns, rows, cells } }: { heatmap: InsightsResponse['heatmap'] }) {
  const most = cells.reduce((max, { total }) => Math.max(max, total), 1);
  const used = cells.map(({ row }) => row);
  const [low, high] = [Math.max(0, Math.min(...used) - 1), Math.min(rows.length - 1, Math.max(...used) + 1)];
  const shown = rows.slice(low, high + 1);
  const rowWords = (row: number) => {
    const { from_ms = 0, to_ms = null } = rows[row] ?? {};
    return to_ms === null ? `over ${duration(from_ms)}` : `${duration(from_ms)} – ${duration(to_ms)}`;
  };
  const search = (column: number, row: number) => {
    const { from, to } = columns[column] ?? { from: '', to: '' };
    const { from_ms = 0, to_ms = null } = rows[row] ?? {};
    const least = from_ms > 0 ? ` duration:>${from_ms}ms` : '';
    const longest = to_ms === null ? '' : ` duration:<${to_ms}ms`;
    return searchHref(`since:${from} until:${to}${least}${longest}`);
  };
  return (
    <div class="heatmap">
      <div class="heatmap-rows" aria-hidden="true">
        {shown.toReversed().map(({ from_ms }) => (
          <span key={from_ms}>{duration(from_ms)}</span>
        ))}
      </div>
      <svg
        viewBox={`0 0 ${columns.length * 10} ${shown.length * 10}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="Durations over time; the table below has the numbers"
      >
        {cells.map(({ column, row, total, errors }) => (
          <rect
            key={`${column}-${row}`}
            class={errors * 2 > total ? 'cell cell-error' : 'cell'}
            x={column * 10 + 0.5}
            y={(shown.length - 1 - (row - low)) * 10 + 0.5}
            width="9"
            height="9"
            fill-opacity={0.3 + 0.7 * Math.sqrt(total / most)}
            onClick={() => go(search(column, row))}
          >
            <title>{`${edge(columns[column]?.from)}, ${rowWords(row)}: ${total} traces${errors > 0 ? `, ${errors} failed` : ''}`}</title>
          </rect>
        ))}
      </svg>
      <p class="overview-axis heatmap-axis">
        <span>{edge(columns[0]?.from)}</span>
        <span>click a cell to see its traces</span>
        <span>{edge(columns.at(-1)?.to)}</span>
      </p>
      <TwinTable
        head={['Began', 'Took', 'Failed', 'Traces']}
        rows={cells
          .toSorted((a, b) => a.column - b.column || a.row - b.row)
          .map(({ column, row, total, errors }) => [
            edge(columns[column]?.from),
            rowWords(row),
            String(errors),
            String(total),
          ])}
      />
    </div>
  );
}
