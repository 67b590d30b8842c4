import type { Degradable, QuickDebugResponse, TraceListItem } from '../../../contract/responses.js';
import type { SharedHealth } from '../../../model/health.js';
import { lostWords } from '../human/human-instances.js';
import { spellMs } from '../../text/durations.js';
import { receivedWords } from '../../text/received-words.js';
import { examinedWords } from '../error-group-words.js';
import { statusWord } from '../status-word.js';
import { linkLines } from '../link-lines.js';
import type { AnswerKind, AnswersByKind, Format } from '../kinds.js';
import { diffMarkdown } from './markdown-diff.js';
import { errorVariants } from './markdown-errors.js';
import { code, fence, markdownTable } from './markdown-text.js';
import { traceMarkdown } from './markdown-trace.js';
import type { MarkdownOptions } from './markdown-trace.js';

const MARKDOWN: Format<MarkdownOptions> = {
  list: ({ traces }) => text(['# Traces', '', ...traceTable(traces)]),
  trace: traceMarkdown,
  error: traceMarkdown,
  export: traceMarkdown,
  contact: ({ contact_id, traces, timeline }) =>
    text([
      `# Contact ${code(contact_id)}`,
      '',
      ...traceTable(traces),
      ...section('Timeline', fence(timeline.map(({ line }) => line).join('\n'))),
    ]),
  debug: ({ contact_id, recent_traces, latest_trace, export_commands }) =>
    text([
      `# Contact ${code(contact_id)}`,
      '',
      ...traceTable(recent_traces),
      ...section(`Latest: ${code(latest_trace.trace_id)} ${statusWord(latest_trace.status)}`, []),
      ...quickStory(latest_trace),
      ...section('Export', fence(export_commands.join('\n'), 'bash')),
    ]),
  active: ({ traces }) =>
    text([
      '# Running traces',
      '',
      ...markdownTable(
        ['Trace', 'Contact', 'Started', 'Events', 'Open step'],
        traces.map(({ trace_id, contact_id, started_at, events_so_far, open_span }) => [
          code(trace_id),
          code(contact_id),
          started_at,
          String(events_so_far),
          open_span ? `${open_span.type} ${code(open_span.name)}, ${spellMs(open_span.open_ms)}` : '–',
        ]),
      ),
    ]),
  stats: (stats) =>
    text([
      '# Statistics',
      '',
      ...markdownTable(
        ['', ''],
        [
          ['From', stats.since ?? 'the beginning'],
          ['To', stats.until ?? 'now'],
          ['Traces', String(stats.total_traces)],
          ['Failed', `${stats.error_traces} (${(stats.error_rate * 100).toFixed(1)} %)`],
          ['Running', String(stats.active_traces)],
          ['Average', spellMs(stats.average_duration_ms)],
          ['Median', spellMs(stats.p50_ms)],
          ['95 %', spellMs(stats.p95_ms)],
          ['99 %', spellMs(stats.p99_ms)],
          ...Object.entries(stats.by_status).map(([status, count]) => [status, String(count)]),
        ],
      ),
      ...counts('Routes', stats.agent_routing),
      ...counts('Tools', stats.tools),
    ]),
  health: (health) =>
    text([
      `# Health: ${health.status}`,
      ...(health.reasons.length === 0 ? [] : ['', ...health.reasons.map((reason) => `- ${code(reason)}`)]),
      '',
      ...markdownTable(
        ['', ''],
        [
          ['Traces', String(health.total_traces ?? '?')],
          ['Running', String(health.active_traces ?? '?')],
          ['Failed', String(health.error_traces ?? '?')],
          [
            'Journal',
            `${health.journal.bytes} bytes, ${health.journal.segments} segments, ${health.journal.lag} to index`,
          ],
          ...(health.shared ? [['Shared store', sharedWords(health.shared)]] : []),
          ...(health.otlp_received ? [['Received spans', receivedWords(health.otlp_received)]] : []),
          ['Dropped', code(JSON.stringify(health.dropped))],
          ['Corrupt records', String(health.corrupt_records)],
          ['Internal errors', String(health.self_errors)],
          ['Version', code(health.version)],
          ['Asked at', health.timestamp],
        ],
      ),
    ]),
  instances: ({ instances }) =>
    text([
      '# Instances',
      '',
      ...markdownTable(
        ['Instance', 'State', 'Host', 'Version', 'Started', 'Last seen', 'Running', 'Bytes to ship', 'Lost'],
        instances.map((found) => [
          code(found.service === undefined ? found.instance : `${found.instance} (${found.service})`),
          found.state,
          code(`${found.host}, pid ${found.pid}`),
          code(found.version),
          found.started_at,
          found.last_seen_at,
          String(found.active_traces),
          String(found.lag_bytes),
          lostWords(found.lost_bytes, found.dropped),
        ]),
      ),
    ]),
  errors: (answer) =>
    text([
      '# Errors',
      '',
      ...(answer.groups.length === 0
        ? ['No errors.']
        : markdownTable(
            ['Errors', 'Traces', 'Contacts', 'State', 'Last seen', 'Error', 'In', 'Newest trace', 'Fingerprint'],
            answer.groups.map((group) => [
              String(group.count),
              String(group.traces),
              String(group.contacts),
              group.state,
              group.last_seen,
              code(`${group.type}: ${group.message}`),
              code(group.location),
              code(group.last_trace_id),
              code(group.fingerprint),
            ]),
          )),
      ...(answer.complete ? [] : ['', examinedWords(answer)]),
    ]),
  diff: (answer) => text(diffMarkdown(answer)),
};

/** A response as Markdown to paste into an issue or a chat, without a line break at the end. */
export function renderMarkdown<Kind extends AnswerKind>(
  kind: Kind,
  answer: AnswersByKind[Kind],
  options: MarkdownOptions = {},
): string {
  const shown = MARKDOWN[kind](answer, options);
  const { degraded } = answer as Degradable;
  return degraded === undefined ? shown : `> ⚠️ ${code(degraded)}\n\n${shown}`;
}

/** Sections of a contact's latest trace. */
function quickStory({ timeline, summary, debug_hints, errors, links }: QuickDebugResponse['latest_trace']): string[] {
  return [
    ...section(
      'Hints',
      debug_hints.map((hint) => `- ${code(hint)}`),
    ),
    ...(links
      ? section(
          'Linked traces',
          linkLines({ links }).map((line) => `- ${code(line)}`),
        )
      : []),
    ...errors.flatMap(
      (error, index) =>
        errorVariants(error, `Error ${index + 1}`)
          .next()
          .value?.() ?? [],
    ),
    ...section('Timeline', fence(timeline.join('\n'))),
    ...section('Summary', fence(JSON.stringify(summary, null, 2), 'json')),
  ];
}

function sharedWords({ kind, connected, since, lag_bytes }: SharedHealth): string {
  return `${kind}, ${connected ? 'connected' : 'out of reach'} since ${since}, ${lag_bytes} bytes to ship`;
}

function traceTable(traces: readonly TraceListItem[]): string[] {
  if (traces.length === 0) return ['No traces.'];
  const several = new Set(traces.map(({ instance }) => instance)).size > 1;
  return markdownTable(
    ['Status', 'Trace', 'Started', 'Duration', 'Message', 'Route', 'Errors', ...(several ? ['Instance'] : [])],
    traces.map(({ status, trace_id, started_at, duration_ms, message, route, errors, instance }) => [
      statusWord(status),
      code(trace_id),
      started_at,
      spellMs(duration_ms),
      message === null ? '–' : code(message),
      route === null ? '–' : code(route),
      String(errors),
      ...(several ? [instance === undefined ? '–' : code(instance)] : []),
    ]),
  );
}

function counts(title: string, given: Record<string, number>): string[] {
  const rows = Object.entries(given).map(([name, count]) => [code(name), String(count)]);
  return rows.length === 0 ? [] : section(title, markdownTable(['Name', 'Count'], rows));
}

function section(title: string, lines: string[]): string[] {
  return ['', `## ${title}`, ...(lines.length === 0 ? [] : ['', ...lines])];
}

function text(lines: string[]): string {
  return lines.join('\n');
}
