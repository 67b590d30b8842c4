import type { ErrorAnswer, ExportAnswer, FullTraceAnswer, TraceListItem } from '../answers.js';
import { spellMs } from '../durations.js';
import { statusWord } from './ink.js';
import type { AnswerKind, AnswersByKind, Format } from './kinds.js';
import { code, fence, markdownTable } from './markdown-text.js';

const MARKDOWN: Format<undefined> = {
  list: ({ traces }) => text(['# Traces', '', ...traceTable(traces)]),
  trace: (answer) => text(traceLines(answer)),
  error: (answer) => text([...traceLines(answer), '', 'Export it:', '', ...fence(answer.export_command, 'bash')]),
  export: (answer) => text(exportLines(answer)),
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
      ...story(latest_trace),
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
          ['Errors', `${stats.error_traces} (${(stats.error_rate * 100).toFixed(1)} %)`],
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
          ['Traces', String(health.total_traces)],
          ['Running', String(health.active_traces)],
          ['With errors', String(health.error_traces)],
          [
            'Journal',
            `${health.journal.bytes} bytes, ${health.journal.segments} segments, ${health.journal.lag} to index`,
          ],
          ['Dropped', code(JSON.stringify(health.dropped))],
          ['Corrupt records', String(health.corrupt_records)],
          ['Own failures', String(health.self_errors)],
          ['Version', code(health.version)],
          ['Asked at', health.timestamp],
        ],
      ),
    ]),
};

/** An answer as Markdown to paste into an issue or a chat, without a line break at the end. */
export function renderMarkdown<Kind extends AnswerKind>(kind: Kind, answer: AnswersByKind[Kind]): string {
  return MARKDOWN[kind](answer, undefined);
}

function exportLines(trace: ExportAnswer): string[] {
  return [
    `# Trace ${code(trace.trace_id)}`,
    '',
    `- Status: ${statusWord(trace.status)}`,
    `- Contact: ${code(trace.contact_id)}`,
    `- Duration: ${spellMs(trace.duration_ms)}`,
    ...(trace.webhook_message === null ? [] : [`- Message: ${code(trace.webhook_message)}`]),
    ...story({ ...trace, errors: trace.errors ?? [] }),
  ];
}

function traceLines(trace: FullTraceAnswer): string[] {
  const steps = trace.events.map(({ timestamp, type, name, duration_ms }) => [
    timestamp,
    code(type),
    name === null ? '–' : code(name),
    duration_ms === null ? '–' : spellMs(duration_ms),
  ]);
  return [...exportLines(trace), ...section('Events', markdownTable(['Time', 'Type', 'Name', 'Took'], steps))];
}

type Story = Pick<FullTraceAnswer, 'timeline' | 'summary' | 'debug_hints' | 'errors'>;

/** Hints first: they are what a reader looks for. */
function story({ timeline, summary, debug_hints, errors }: Story): string[] {
  return [
    ...section(
      'Hints',
      debug_hints.map((hint) => `- ${code(hint)}`),
    ),
    ...section('Timeline', fence(timeline.join('\n'))),
    ...errors.flatMap((error, index) => errorLines(error, index)),
    ...section('Summary', fence(JSON.stringify(summary, null, 2), 'json')),
  ];
}

function errorLines(error: ErrorAnswer, index: number): string[] {
  return [
    ...section(`Error ${index + 1}: ${code(error.type)} in ${code(error.location)}`, []),
    '',
    ...fence(error.stack ?? error.message),
    ...(error.cause === null ? [] : ['', 'Cause:', '', ...fence(JSON.stringify(error.cause, null, 2), 'json')]),
    ...(error.context === null ? [] : ['', 'Context:', '', ...fence(JSON.stringify(error.context, null, 2), 'json')]),
  ];
}

function traceTable(traces: readonly TraceListItem[]): string[] {
  if (traces.length === 0) return ['No traces.'];
  return markdownTable(
    ['Status', 'Trace', 'Started', 'Duration', 'Message', 'Route', 'Errors'],
    traces.map(({ status, trace_id, started_at, duration_ms, message, route, errors }) => [
      statusWord(status),
      code(trace_id),
      started_at,
      spellMs(duration_ms),
      message === null ? '–' : code(message),
      route === null ? '–' : code(route),
      String(errors),
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
