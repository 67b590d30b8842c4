import type { ActiveResponse, ContactResponse, TracesResponse } from '../../../contract/responses.js';
import { countOf, spellMs } from '../../text/durations.js';
import { oneLine, terminalSafe } from '../../text/visible-text.js';
import { localTime } from './human-page.js';
import type { Page } from './human-page.js';
import { statusWord } from '../status-word.js';
import { traceRows } from './trace-rows.js';

export function listLines(answer: TracesResponse, page: Page): string[] {
  if (answer.traces.length === 0) return ['No traces.'];
  const more = answer.next === null ? [] : ['', page.ansi.dim(moreLine(answer.next, page))];
  return [...traceRows(answer.traces, page), ...more];
}

function moreLine(next: string, page: Page): string {
  return terminalSafe(page.more ? `More: ${page.more(next)}` : `More: continue with --before ${next}`);
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
      `${page.ansi.status(trace.status, statusWord(trace.status))}  ${page.ansi.bold(page.linked(trace.trace_id))}`,
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
      lines.push(page.ansi.dim(`  ${page.linked(trace_id)} · ${localTime(timestamp, page)}`));
      shown = trace_id;
    }
    lines.push(`  ${terminalSafe(line)}`);
  }
  return lines;
}
