import type { StatsResponse } from '../api/responses.js';
import { clockTime, dayUnlessToday } from '../format/time.js';
import { trends } from '../model/trends.js';
import type { Trend } from '../model/trends.js';
import { TwinTable } from './twin-table.js';

const edge = (at: string) => `${dayUnlessToday(at)} ${clockTime(at).slice(0, 5)}`.trim();

interface TrendsProps {
  stats: StatsResponse;
  /** The part of the range that has traces. */
  shown: StatsResponse;
}

/** Small charts of the same time range, each with its number and the change since the period before. */
export function Trends({ stats, shown }: TrendsProps) {
  const all = trends(stats, shown);
  const parts = shown.over_time ?? [];
  return (
    <section class="chart" aria-label="Numbers over time">
      <div class="trends">
        {all.map((trend) => (
          <Card key={trend.name} trend={trend} />
        ))}
      </div>
      {parts.length > 0 && (
        <>
          <p class="overview-axis">
            <span>{edge(parts[0]!.from)}</span>
            <span>{edge(parts.at(-1)!.to)}</span>
          </p>
          <TwinTable
            head={['Began', 'Traces', ...all.map(({ name }) => name)]}
            rows={parts.map((part, index) => [
              edge(part.from),
              part.total_traces.toLocaleString(),
              ...all.map(({ line, words }) => (part.total_traces === 0 ? '–' : words(line[index] ?? null))),
            ])}
          />
        </>
      )}
    </section>
  );
}

function Card({ trend: { name, value, change, line } }: { trend: Trend }) {
  return (
    <div class="trend">
      <h2>{name}</h2>
      <p class={value === 'unknown' ? 'trend-value muted' : 'trend-value'}>{value}</p>
      <p class={change?.isWorse ? 'bad' : 'muted'}>{change?.words ?? 'no number for the period before'}</p>
      <Line line={line} />
    </div>
  );
}

/** A line with a gap where a number is not known; a number between two gaps is a point. */
function Line({ line }: { line: Trend['line'] }) {
  const most = line.reduce<number>((max, value) => Math.max(max, value ?? 0), 0) || 1;
  const step = 100 / Math.max(1, line.length - 1);
  const isKnown = (index: number) => typeof line[index] === 'number';
  let [path, alone] = ['', ''];
  for (const [index, value] of line.entries()) {
    if (value === null) continue;
    const at = `${(index * step).toFixed(1)} ${(30 - (value / most) * 28).toFixed(1)}`;
    if (isKnown(index - 1)) path += `L${at}`;
    else if (isKnown(index + 1)) path += `M${at}`;
    else alone += `M${at}h.01`;
  }
  return (
    <svg class="trend-line" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
      <path class="alone" d={alone} />
    </svg>
  );
}
