import { dollars } from '../../../model/money.js';
import { TRACE_STATUSES } from '../../../model/status.js';
import type { StatsPart, StatsResponse, StepStats } from '../../../contract/responses.js';
import { spellMs } from '../../text/durations.js';
import { usageWords } from '../usage-words.js';
import { statusWord } from '../status-word.js';
import { localTime, section } from './human-page.js';
import type { Page } from './human-page.js';
import { table } from './table.js';
import type { Column } from './table.js';

const BAR_CELLS = 30;

/** Numbers of a time range beside those of the time before, then per status, route, agent, tool, model, host and part of the range. */
export function statsLines(stats: StatsResponse, page: Page): string[] {
  const since = stats.since === null ? 'the beginning' : localTime(stats.since, page);
  const until = stats.until === null ? 'now' : localTime(stats.until, page);
  return [
    page.ansi.bold(`Traces from ${since} to ${until}`),
    ...totals(stats, page),
    ...section('By status', statusRows(stats, page), page),
    ...section('Routes', countRows(stats.agent_routing, page), page),
    ...section('Agents', stepRows(stats.by_agent, page), page),
    ...section('Tools', stats.by_tool ? stepRows(stats.by_tool, page) : countRows(stats.tools, page), page),
    ...section('Models', stepRows(stats.by_model, page), page),
    ...section('Hosts', stepRows(stats.by_host, page), page),
    ...section('When', bars(stats, page), page),
  ];
}

/** A number now and before; `undefined` leaves the row out. */
type Row = [name: string, now: string | undefined, before: string];

function totals(stats: StatsResponse, page: Page): string[] {
  const { previous, usage } = stats;
  const before = (value: (part: StatsPart) => string | null): string => (previous && value(previous)) ?? '–';
  const now = stats.over_time?.reduce((sum, { replies }) => sum + replies, 0);
  const rows: Row[] = [
    ['Total', String(stats.total_traces), before(({ total_traces }) => String(total_traces))],
    ['Failed', failed(stats), before(failed)],
    ['Running', String(stats.active_traces), ''],
    ['Average', spellMs(stats.average_duration_ms), ''],
    ['Median', spellMs(stats.p50_ms), before(({ p50_ms }) => p50_ms === null ? null : spellMs(p50_ms))],
    ['95 %', spellMs(stats.p95_ms), before(({ p95_ms }) => p95_ms === null ? null : spellMs(p95_ms))],
    ['99 %', spellMs(stats.p99_ms), ''],
    ['Replies', now === undefined ? undefined : String(now), before(({ replies }) => String(replies))],
    ['Models', usage && usageWords(usage), before(modelsBefore)],
  ];
  const shown = rows.filter(([, value]) => value !== undefined);
  const columns: Column<Row>[] = [
    { title: '', of: ([name]) => name, paint: page.ansi.dim },
    { title: 'NOW', of: ([, value]) => value ?? '' },
    { title: 'PERIOD BEFORE', of: ([, , value]) => value, paint: page.ansi.dim },
  ];
  const options = { width: page.width, paintTitle: page.ansi.dim };
  return previous ? table(columns, shown, options) : table(columns.slice(0, 2), shown, options).slice(1);
}

function failed({ error_traces, error_rate }: Pick<StatsPart, 'error_traces' | 'error_rate'>): string {
  return error_rate === null ? String(error_traces) : `${error_traces} (${(error_rate * 100).toFixed(1)} %)`;
}

function modelsBefore({ tokens, cost_usd: cost }: StatsPart): string | null {
  const words = [...(tokens === null ? [] : [`${tokens} tokens`]), ...(cost === null ? [] : [dollars(cost)])];
  return words.length === 0 ? null : words.join(', ');
}

function statusRows({ by_status: counts, total_traces: total }: StatsResponse, page: Page): string[] {
  const found = TRACE_STATUSES.filter((status) => counts[status] > 0);
  return untitled<(typeof found)[number]>(
    [
      { title: '', of: statusWord, paint: (cell, status) => page.ansi.status(status, cell) },
      { title: '', of: (status) => String(counts[status]), align: 'right' },
      { title: '', of: (status) => share(counts[status], total), align: 'right', paint: page.ansi.dim },
    ],
    found,
    page,
  );
}

function share(count: number, total: number): string {
  return total === 0 ? '' : `${((count / total) * 100).toFixed(1)} %`;
}

/** Names with their counts, highest first. */
function countRows(counts: Record<string, number>, page: Page): string[] {
  return untitled(
    [
      { title: '', of: ([name]) => name, shrinkTo: 20 },
      { title: '', of: ([, count]) => String(count), align: 'right' },
    ],
    Object.entries(counts).toSorted(([, a], [, b]) => b - a),
    page,
  );
}

function untitled<Item>(columns: Column<Item>[], rows: readonly Item[], page: Page): string[] {
  return table(columns, rows, { width: page.width - 2, paintTitle: page.ansi.dim }).slice(1);
}

/** Calls with their errors and durations, most frequent first; with tokens and cost where there are any. */
function stepRows(steps: Record<string, StepStats> | undefined, page: Page): string[] {
  const rows = Object.entries(steps ?? {});
  if (rows.length === 0) return [];
  const columns: Column<[string, StepStats]>[] = [
    { title: 'NAME', of: ([name]) => name, shrinkTo: 16 },
    { title: 'CALLS', of: ([, { count }]) => String(count), align: 'right' },
    {
      title: 'ERRORS',
      of: ([, { errors }]) => (errors === 0 ? '–' : String(errors)),
      align: 'right',
      paint: (cell, [, { errors }]) => (errors === 0 ? page.ansi.dim(cell) : page.ansi.red(cell)),
    },
    { title: 'MEDIAN', of: ([, { p50_ms }]) => spellMs(p50_ms), align: 'right' },
    { title: '95 %', of: ([, { p95_ms }]) => spellMs(p95_ms), align: 'right' },
  ];
  if (rows.some(([, { usage }]) => usage !== undefined)) {
    columns.push({ title: 'TOKENS AND COST', of: ([, { usage }]) => (usage ? usageWords(usage) : '–'), shrinkTo: 12 });
  }
  return table(columns, rows, { width: page.width - 2, paintTitle: page.ansi.dim });
}

/** A bar per part of the range. Empty parts in a row are one line: a week of an application that slept is not a page of zeros. */
function bars({ histogram }: StatsResponse, page: Page): string[] {
  const { ansi } = page;
  const highest = Math.max(1, ...histogram.map(({ total }) => total));
  const times = histogram.map(({ from }) => localTime(from, page));
  const width = Math.max(0, ...times.map((time) => time.length));
  const count = Math.max(0, ...histogram.map(({ total }) => String(total).length));
  return histogram.flatMap(({ total, errors }, at) => {
    if (total === 0) return histogram[at - 1]?.total === 0 ? [] : [ansi.dim(`${' '.repeat(width - 1)}…`)];
    const cells = Math.max(1, Math.round((total / highest) * BAR_CELLS));
    const red = errors === 0 ? 0 : Math.max(1, Math.round((cells * errors) / total));
    const bar = ansi.green('█'.repeat(Math.max(0, cells - red))) + ansi.red('▓'.repeat(red));
    const words = `${String(total).padStart(count)}${errors === 0 ? '' : ` (${errors} failed)`}`;
    return [`${ansi.dim(times[at]!.padStart(width))}  ${bar}${' '.repeat(BAR_CELLS - cells)}  ${words}`];
  });
}
