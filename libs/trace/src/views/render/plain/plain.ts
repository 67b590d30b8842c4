import type { ErrorDto, ExportResponse, InstanceDto, TraceListItem } from '../../../contract/responses.js';
import { errorReasons } from '../../events/error-reasons.js';
import { visibleText } from '../../text/visible-text.js';
import type { AnswerKind, AnswersByKind, Format } from '../kinds.js';
import { COLUMN_VALUES } from '../list-columns.js';
import type { ListColumn } from '../list-columns.js';

/** Options of the format for programs that read lines. */
export interface PlainOptions {
  /** Columns of a list. Default: the documented ones. */
  columns?: readonly ListColumn[];
}

type Cell = string | number | boolean | null | undefined;

const PLAIN: Format<PlainOptions> = {
  list: ({ traces }, { columns }) =>
    lines(traces.map((trace) => columns?.map((column) => COLUMN_VALUES[column](trace)) ?? listRow(trace))),
  trace: (answer) => lines([...traceLines(answer), ['started_at', answer.started_at], ['ended_at', answer.ended_at]]),
  error: (answer) => lines(traceLines(answer)),
  export: (answer) => lines(traceLines(answer)),
  contact: ({ timeline }) => lines(timeline.map(({ timestamp, trace_id, line }) => [timestamp, trace_id, line])),
  debug: ({ recent_traces }) => lines(recent_traces.map(listRow)),
  active: ({ traces }) =>
    lines(
      traces.map((trace) => [...traceRow(trace), trace.events_so_far, trace.open_span?.name, trace.open_span?.open_ms]),
    ),
  stats: (answer) => lines(flat(answer)),
  health: (answer) => lines(flat(answer)),
  instances: ({ instances }) => lines(instances.map(instanceRow)),
  errors: ({ groups }) =>
    lines(
      groups.map((group) => [
        group.fingerprint,
        group.state,
        group.count,
        group.traces,
        group.contacts,
        group.first_seen,
        group.last_seen,
        group.last_trace_id,
        group.type,
        group.location,
        group.message,
      ]),
    ),
  diff: ({ steps }) =>
    lines(
      steps.map(({ change, kind, name, a, b, differences }) => [
        change,
        kind,
        name,
        a?.seq,
        b?.seq,
        a?.duration_ms,
        b?.duration_ms,
        differences.map(({ path }) => path).join(' '),
      ]),
    ),
};

/**
 * A response for `grep`, `cut` and `awk`: one item per line, values separated by tabs, `-` for a missing value. The order of
 * the values does not change; new ones are added at the end. Captured text cannot add a line or a tab.
 */
export function renderPlain<Kind extends AnswerKind>(
  kind: Kind,
  answer: AnswersByKind[Kind],
  options: PlainOptions = {},
): string {
  return PLAIN[kind](answer, options);
}

/** With the instance at the end, where the store has several. */
function listRow(trace: TraceListItem): Cell[] {
  return [...traceRow(trace), ...(trace.instance === undefined ? [] : [trace.instance])];
}

function instanceRow(found: InstanceDto): Cell[] {
  return [
    found.instance,
    found.service,
    found.state,
    found.host,
    found.pid,
    found.version,
    found.started_at,
    found.last_seen_at,
    found.lag_bytes,
    found.lost_bytes,
    found.active_traces,
    JSON.stringify(found.dropped),
  ];
}

function traceRow({
  trace_id,
  status,
  started_at,
  duration_ms,
  errors,
  contact_id,
  route,
  message,
}: TraceListItem): Cell[] {
  return [trace_id, status, started_at, duration_ms, errors, contact_id, route, message];
}

function traceLines(trace: ExportResponse): Cell[][] {
  const { trace_id, contact_id, status, duration_ms, webhook_message, timeline, summary, debug_hints, errors } = trace;
  return [
    ['trace_id', trace_id],
    ['contact_id', contact_id],
    ['status', status],
    ['duration_ms', duration_ms],
    ['webhook_message', webhook_message],
    ...timeline.map((line) => ['timeline', line]),
    ...flat(summary).map(([key, value]) => [`summary.${key}`, value]),
    ...debug_hints.map((hint) => ['debug_hint', hint]),
    ...(errors ?? []).map(errorRow),
    ...(trace.instance === undefined ? [] : [['instance', trace.instance]]),
  ];
}

function errorRow({ timestamp, location, type, message, fingerprint, detail }: ErrorDto): Cell[] {
  return ['error', timestamp, location, type, message, fingerprint, errorReasons(message, detail).join('; ')];
}

/** `journal.bytes`, `dropped.full_disk`: one level of objects by their keys, deeper values as JSON. */
function flat(answer: object): [string, Cell][] {
  return Object.entries(answer).flatMap(([key, value]): [string, Cell][] => {
    if (typeof value !== 'object' || value === null) return [[key, value as Cell]];
    if (Array.isArray(value)) return value.map((item) => [key, asCell(item)]);
    return Object.entries(value as object).map(([inner, part]) => [`${key}.${inner}`, asCell(part)]);
  });
}

function asCell(value: unknown): Cell {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Cell);
}

function lines(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => row.map((cell) => text(cell)).join('\t')).join('\n');
}

function text(cell: Cell): string {
  return cell === null || cell === undefined || cell === '' ? '-' : visibleText(String(cell));
}
