import type { TraceListItem } from '../../../contract/responses.js';
import { spellMs } from '../../text/durations.js';
import { oneLine, terminalSafe } from '../../text/visible-text.js';
import { costCell, errorWords, lastAgent } from '../list-columns.js';
import type { ListColumn } from '../list-columns.js';
import { statusWord } from '../status-word.js';
import { tokenTotal } from '../usage-words.js';
import { cellWidth, fitCells } from './cell-width.js';
import { localTime, rowTime } from './human-page.js';
import type { Page } from './human-page.js';
import { table } from './table.js';
import type { Column } from './table.js';

/** Width in cells from which a row has the whole route, tokens and cost; a narrower one has the agent that answered. */
const ROOMY_PAGE = 100;
/** Width in cells from which a row has the message and the error; a narrower one has the error of a failed trace only. */
const WIDE_PAGE = 130;
/** Width in cells from which the trace id is a column; on a narrower page it is on the next line. */
const WIDEST_PAGE = 150;

/** Cells of the longest route that is shown whole between `ROOMY_PAGE` and `WIDE_PAGE`. */
const ROUTE_CELLS = 24;
/** Cells of a contact on a narrow page. */
const CONTACT_CELLS = 12;

/** A table of traces in the given order, each with the id that the command `trace` takes. */
export function traceRows(traces: readonly TraceListItem[], page: Page): string[] {
  const options = { width: page.width, paintTitle: page.ansi.dim };
  if (page.columns) {
    return table(
      page.columns.map((column) => COLUMNS[column](page)),
      traces,
      options,
    );
  }
  const [title = '', ...rows] = table(columnsFor(traces, page), traces, options);
  if (page.width >= WIDEST_PAGE) return [title, ...rows];
  return [title, ...rows.flatMap((row, at) => [row, idLine(traces[at]!, page)])];
}

function columnsFor(traces: readonly TraceListItem[], page: Page): Column<TraceListItem>[] {
  const { width } = page;
  const roomy = width >= ROOMY_PAGE;
  const failed = traces.some(({ error }) => error !== undefined);
  const used = traces.some(({ usage }) => usage !== undefined);
  const several = new Set(traces.map(({ instance }) => instance)).size > 1;
  const of = (name: ListColumn): Column<TraceListItem> => COLUMNS[name](page);
  const time = { ...of('time'), of: ({ started_at }: TraceListItem) => rowTime(started_at, page) };
  // A route that is cut at its end lacks the agent that answered.
  const fits = !used && traces.every(({ route }) => cellWidth(route ?? '') <= ROUTE_CELLS);
  // The whole one is the beginning of the id on the next line.
  const shortContact = { ...of('contact'), of: ({ contact_id }: TraceListItem) => fitCells(contact_id, CONTACT_CELLS) };
  return [
    of('status'),
    roomy ? of('time') : time,
    ...(roomy && several ? [of('instance')] : []),
    roomy ? of('contact') : shortContact,
    of('duration'),
    ...(roomy && used ? [of('tokens'), of('cost')] : []),
    ...(width >= WIDE_PAGE ? [of('message'), of('route'), ...(failed ? [of('error')] : [])] : []),
    ...(roomy && width < WIDE_PAGE ? [messageOrError(failed, page), of(fits ? 'route' : 'agent')] : []),
    ...(roomy ? [] : [of('agent'), messageOrError(failed, page)]),
    ...(width >= WIDEST_PAGE ? [of('trace')] : []),
  ];
}

/** One text: of a failed trace its error, else the message. */
function messageOrError(failed: boolean, { ansi }: Page): Column<TraceListItem> {
  return {
    title: failed ? 'MESSAGE OR ERROR' : 'MESSAGE',
    of: ({ message, error }) => oneLine(error?.message ?? message ?? '–'),
    paint: (cell, { error }) => (error === undefined ? cell : ansi.red(cell)),
    shrinkTo: 16,
  };
}

/** The id in one piece; tokens, cost and instance follow where they fit. */
function idLine({ trace_id, usage, instance }: TraceListItem, page: Page): string {
  const id = terminalSafe(trace_id);
  const more = [
    ...(instance !== undefined && page.width < ROOMY_PAGE ? [terminalSafe(instance)] : []),
    ...(usage && page.width < ROOMY_PAGE ? [`${tokenTotal(usage) ?? '?'} tokens, ${costCell(usage)}`] : []),
  ];
  const words = more.length === 0 ? '' : `  ${more.join(', ')}`;
  const fits = 3 + cellWidth(id) + cellWidth(words) <= page.width;
  return page.ansi.dim(`   ${page.linked(trace_id, id)}${fits ? words : ''}`);
}

const COLUMNS: Readonly<Record<ListColumn, (page: Page) => Column<TraceListItem>>> = {
  status: ({ ansi }) => ({
    title: 'STATUS',
    of: ({ status }) => statusWord(status),
    paint: (cell, { status }) => ansi.status(status, cell),
  }),
  time: (page) => ({ title: 'TIME', of: ({ started_at }) => localTime(started_at, page) }),
  contact: () => ({
    title: 'CONTACT',
    of: ({ contact_id, contacts }) => contacts?.join(', ') ?? contact_id,
    shrinkTo: 12,
  }),
  duration: () => ({ title: 'DURATION', of: ({ duration_ms }) => spellMs(duration_ms), align: 'right' }),
  agent: () => ({ title: 'AGENT', of: (trace) => lastAgent(trace) ?? '–', shrinkTo: 8 }),
  route: () => ({ title: 'ROUTE', of: ({ route }) => route ?? '–', shrinkTo: 10 }),
  message: () => ({ title: 'MESSAGE', of: ({ message }) => oneLine(message ?? '–'), shrinkTo: 16 }),
  error: ({ ansi }) => ({
    title: 'ERROR',
    of: (trace) => oneLine(errorWords(trace) ?? '–'),
    paint: (cell, { error }) => (error === undefined ? cell : ansi.red(cell)),
    shrinkTo: 16,
  }),
  reply: () => ({ title: 'REPLY', of: ({ reply }) => oneLine(reply ?? '–'), shrinkTo: 16 }),
  tokens: () => ({
    title: 'TOKENS',
    of: ({ usage }) => (usage === undefined ? '–' : String(tokenTotal(usage) ?? '?')),
    align: 'right',
  }),
  cost: () => ({
    title: 'COST',
    of: ({ usage }) => (usage === undefined ? '–' : costCell(usage)),
    align: 'right',
  }),
  events: () => ({ title: 'EVENTS', of: ({ events }) => String(events), align: 'right' }),
  errors: () => ({ title: 'ERRORS', of: ({ errors }) => String(errors), align: 'right' }),
  instance: () => ({ title: 'INSTANCE', of: ({ instance }) => instance ?? '–', shrinkTo: 10 }),
  // An id is never cut: it is what one copies.
  trace: (page) => ({
    title: 'TRACE',
    of: ({ trace_id }) => trace_id,
    paint: (cell, { trace_id }) => page.linked(trace_id, cell),
  }),
};
