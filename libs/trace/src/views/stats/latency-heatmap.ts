import type { Micros } from '../../model/record.js';
import { hasFailed } from '../../model/status.js';
import { isoMicros } from '../../model/trace-id.js';
import type { TraceHead } from '../../model/trace.js';
import type { InsightsResponse } from '../../contract/responses.js';
import { durationMs } from '../trace/list-item.js';

const COLUMNS = 40;

/** Lower bounds of the rows in milliseconds: about three per decade, because durations differ by factors. */
const ROW_STARTS = [0, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];

/** Ended traces by start and duration. The columns cover the range; where it is open, they cover the traces. */
export function latencyHeatmap(
  heads: readonly TraceHead[],
  range: { since?: Micros; until?: Micros },
): InsightsResponse['heatmap'] {
  const ended = heads.filter((head) => head.endedAt !== null && head.startedAt !== 0);
  const rows = ROW_STARTS.map((from_ms, index) => ({ from_ms, to_ms: ROW_STARTS[index + 1] ?? null }));
  if (ended.length === 0) return { columns: [], rows, cells: [] };

  const from = ended.reduce((least, { startedAt }) => Math.min(least, startedAt), range.since ?? Infinity);
  const to = ended.reduce((most, { startedAt }) => Math.max(most, startedAt + 1), range.until ?? -Infinity);
  const width = Math.max(1, Math.ceil((to - from) / COLUMNS));
  const columns = Array.from({ length: COLUMNS }, (_, index) => ({
    from: isoMicros(from + index * width),
    to: isoMicros(from + (index + 1) * width),
  }));
  const cells = new Map<number, { column: number; row: number; total: number; errors: number }>();
  for (const head of ended) {
    const column = Math.min(COLUMNS - 1, Math.floor((head.startedAt - from) / width));
    const row = ROW_STARTS.findLastIndex((start) => durationMs(head, head.lastAt) >= start);
    const key = column * ROW_STARTS.length + row;
    const cell = cells.get(key) ?? { column, row, total: 0, errors: 0 };
    cell.total += 1;
    if (hasFailed(head.status)) cell.errors += 1;
    cells.set(key, cell);
  }
  return { columns, rows, cells: [...cells.values()] };
}
