import type { SharedHealth } from '../../../model/health.js';
import { TRACE_STATUSES } from '../../../model/status.js';
import type { HealthResponse, StatsResponse } from '../../../contract/responses.js';
import { bytes } from '../../text/bytes.js';
import { countOf, spellMs } from '../../text/durations.js';
import { localTime, pairs, section } from './human-page.js';
import type { Page } from './human-page.js';
import { statusWord } from '../status-word.js';
import { terminalSafe } from '../../text/visible-text.js';

const BAR_CELLS = 30;

export function statsLines(stats: StatsResponse, page: Page): string[] {
  const { ansi } = page;
  const since = stats.since === null ? 'the beginning' : localTime(stats.since, page);
  const until = stats.until === null ? 'now' : localTime(stats.until, page);
  const highest = Math.max(1, ...stats.histogram.map(({ total }) => total));
  const bars = stats.histogram.map(({ from, total, errors }) => {
    const cells = total === 0 ? 0 : Math.max(1, Math.round((total / highest) * BAR_CELLS));
    const red = errors === 0 ? 0 : Math.max(1, Math.round((cells * errors) / total));
    const bar = ansi.green('█'.repeat(Math.max(0, cells - red))) + ansi.red('▓'.repeat(red));
    return `${ansi.dim(localTime(from, page))}  ${bar} ${total}${errors === 0 ? '' : ` (${errors} failed)`}`;
  });
  return [
    ansi.bold(`Traces from ${since} to ${until}`),
    ...pairs(
      [
        ['Total', String(stats.total_traces)],
        ['Failed', `${stats.error_traces} (${(stats.error_rate * 100).toFixed(1)} %)`],
        ['Running', String(stats.active_traces)],
        ['Average', spellMs(stats.average_duration_ms)],
        ['Median', spellMs(stats.p50_ms)],
        ['95 %', spellMs(stats.p95_ms)],
        ['99 %', spellMs(stats.p99_ms)],
      ],
      page,
    ),
    ...section(
      'By status',
      TRACE_STATUSES.filter((status) => stats.by_status[status] > 0).map(
        (status) => `${ansi.status(status, statusWord(status))}  ${stats.by_status[status]}`,
      ),
      page,
    ),
    ...section('Routes', tally(stats.agent_routing), page),
    ...section('Tools', tally(stats.tools), page),
    ...section('When', bars, page),
  ];
}

export function healthLines(health: HealthResponse, page: Page): string[] {
  const { ansi } = page;
  const well = health.status === 'ok';
  const dropped = Object.entries(health.dropped).filter(([, count]) => count > 0);
  return [
    well ? ansi.green('✅ ok') : ansi.yellow('⚠️ degraded'),
    ...health.reasons.map((reason) => `   ${terminalSafe(reason)}`),
    ...pairs(
      [
        ['Traces', health.total_traces === null ? 'not counted' : countsOf(health)],
        ['Journal', `${bytes(health.journal.bytes)} in ${countOf(health.journal.segments, 'segment')}`],
        ['Not yet indexed', bytes(health.journal.lag)],
        ['Shared store', health.shared && sharedWords(health.shared, page)],
        ['Dropped', dropped.length === 0 ? 'none' : dropped.map(([cause, count]) => `${cause}: ${count}`).join(', ')],
        ['Corrupt records', String(health.corrupt_records)],
        ['Internal errors', String(health.self_errors)],
        ['Version', health.version],
        ['Asked at', localTime(health.timestamp, page)],
        ...(health.not_supported ?? []).map((name): [string, string] => ['Not supported', name]),
      ],
      page,
    ),
  ];
}

function sharedWords({ kind, connected, since, lag_bytes, lag_ms }: SharedHealth, page: Page): string {
  const state = connected ? 'connected' : 'out of reach';
  const waiting =
    lag_bytes === 0 ? 'it has everything' : `${bytes(lag_bytes)} to ship, the oldest ${spellMs(lag_ms)} old`;
  return `${kind}, ${state} since ${localTime(since, page)}; ${waiting}`;
}

function countsOf({ total_traces, active_traces, error_traces }: HealthResponse): string {
  return `${total_traces} (${active_traces} running, ${error_traces} failed)`;
}

/** Names with their counts, highest first. */
function tally(counts: Record<string, number>): string[] {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const width = Math.max(0, ...entries.map(([, count]) => String(count).length));
  return entries.map(([name, count]) => `${String(count).padStart(width)}  ${terminalSafe(name)}`);
}
