import type { SharedHealth } from '../../../model/health.js';
import type { HealthResponse } from '../../../contract/responses.js';
import { bytes } from '../../text/bytes.js';
import { countOf, spellMs } from '../../text/durations.js';
import { terminalSafe } from '../../text/visible-text.js';
import { receivedWords } from '../../text/received-words.js';
import { localTime, pairs } from './human-page.js';
import type { Page } from './human-page.js';

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
        ['Received spans', health.otlp_received && receivedWords(health.otlp_received)],
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
