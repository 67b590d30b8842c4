import type {
  ActiveResponse,
  ContactResponse,
  TraceListItem,
  TracesResponse,
  UsageDto,
} from '../../../contract/responses.js';
import { countOf, spellMs } from '../../text/durations.js';
import { dollars } from '../../../model/money.js';
import { oneLine, terminalSafe } from '../../text/visible-text.js';
import { localTime } from './human-page.js';
import type { Page } from './human-page.js';
import { statusWord } from '../status-word.js';
import { tokenTotal } from '../usage-words.js';
import { table } from './table.js';
import type { Column } from './table.js';

/** Width in cells from which the trace id is a column; on a narrower page it is on the next line. */
const WIDE_PAGE = 150;

export function listLines(answer: TracesResponse, page: Page): string[] {
  if (answer.traces.length === 0) return ['No traces.'];
  const more = answer.next === null ? [] : ['', page.ansi.dim(`More: continue before ${terminalSafe(answer.next)}`)];
  return [...traceRows(answer.traces, page), ...more];
}

/** A table of traces in the given order, each with the id that `get-trace trace` takes. */
export function traceRows(traces: readonly TraceListItem[], page: Page): string[] {
  const columns: Column<TraceListItem>[] = [
    {
      title: 'STATUS',
      of: ({ status }) => statusWord(status),
      paint: (cell, { status }) => page.ansi.status(status, cell),
    },
    { title: 'TIME', of: ({ started_at }) => localTime(started_at, page) },
    { title: 'CONTACT', of: ({ contact_id, contacts }) => contacts?.join(', ') ?? contact_id, shrinkTo: 12 },
    { title: 'DURATION', of: ({ duration_ms }) => spellMs(duration_ms), align: 'right' },
    { title: 'MESSAGE', of: ({ message }) => oneLine(message ?? '–'), shrinkTo: 16 },
    { title: 'ROUTE', of: ({ route }) => route ?? '–', shrinkTo: 10 },
  ];
  if (traces.some(({ usage }) => usage !== undefined)) {
    columns.splice(
      4,
      0,
      {
        title: 'TOKENS',
        of: ({ usage }) => (usage === undefined ? '–' : String(tokenTotal(usage) ?? '?')),
        align: 'right',
      },
      { title: 'COST', of: ({ usage }) => (usage === undefined ? '–' : costCell(usage)), align: 'right' },
    );
  }
  if (new Set(traces.map(({ instance }) => instance)).size > 1) {
    columns.splice(2, 0, { title: 'INSTANCE', of: ({ instance }) => instance ?? '–', shrinkTo: 10 });
  }
  const wide = page.width >= WIDE_PAGE;
  if (wide) columns.push({ title: 'TRACE', of: ({ trace_id }) => trace_id });
  const [title = '', ...rows] = table(columns, traces, { width: page.width, paintTitle: page.ansi.dim });
  if (wide) return [title, ...rows];
  return [
    title,
    ...rows.flatMap((row, index) => [row, page.ansi.dim(`   ${terminalSafe(traces[index]?.trace_id ?? '')}`)]),
  ];
}

/** `?` for a cost that is not known, `>` before a sum that misses calls. */
function costCell({ cost_usd: cost, unknown_cost_calls: unknown = 0 }: UsageDto): string {
  if (cost === undefined || cost === null) return '?';
  return unknown === 0 ? dollars(cost) : `>${dollars(cost)}`;
}

export function activeLines(answer: ActiveResponse, page: Page): string[] {
  if (answer.traces.length === 0) return ['No trace is running.'];
  return answer.traces.flatMap((trace, index) => {
    const { open_span: open } = trace;
    const doing = open
      ? `${open.type} ${open.name}, open for ${spellMs(open.open_ms)}`
      : 'no step is open; waiting for what comes next';
    return [
      ...(index === 0 ? [] : ['']),
      `${page.ansi.status(trace.status, statusWord(trace.status))}  ${page.ansi.bold(terminalSafe(trace.trace_id))}`,
      `   ${localTime(trace.started_at, page)}  ${terminalSafe(trace.contact_id)}: ${oneLine(trace.message ?? '–')}`,
      `   ${countOf(trace.events_so_far, 'event')} so far; ${terminalSafe(doing)}`,
    ];
  });
}

export function contactLines(answer: ContactResponse, page: Page): string[] {
  const title = `${page.ansi.bold(terminalSafe(answer.contact_id))}: ${countOf(answer.count, 'trace')}`;
  const lines: string[] = [title, '', ...traceRows(answer.traces, page), '', page.ansi.bold('Timeline')];
  let shown: string | undefined;
  for (const { trace_id, timestamp, line } of answer.timeline) {
    if (trace_id !== shown) {
      lines.push(page.ansi.dim(`  ${terminalSafe(trace_id)} · ${localTime(timestamp, page)}`));
      shown = trace_id;
    }
    lines.push(`  ${terminalSafe(line)}`);
  }
  return lines;
}
