import type { TraceListItem } from '../../../contract/responses.js';
import { spellMs } from '../../text/durations.js';
import { oneLine, terminalSafe } from '../../text/visible-text.js';
import { STATUS_ICONS } from '../status-word.js';
import { ansi, hyperlink } from './ansi.js';
import { cellWidth, fitCells, padCells } from './cell-width.js';
import { rowTime } from './human-page.js';
import type { HumanOptions } from './human.js';
import { ZonedStamp } from '../../../model/trace-id.js';

/** One trace in one line: when, how it is, how long it took, what it is about, and its id. */
export interface TraceLine {
  text: string;
  /** Rows of the screen that it takes: two where an id is longer than the screen is wide. */
  rows: number;
}

/** Cells of a time, a mark and a duration, with the spaces between them. */
const DURATION_CELLS = 8;
/** A text of fewer cells says nothing. */
const SHORTEST_TEXT = 6;

/**
 * The line of a trace for `watch`. The id is at the end and never cut; the error, or else the message, has the room that
 * is left.
 *
 * @param error text of the first error, where the trace itself does not have it yet
 */
export function traceLine(trace: TraceListItem, options: HumanOptions, error?: string): TraceLine {
  const { color = false, width = 100, zone = new ZonedStamp(), now, link } = options;
  const paint = ansi(color);
  const today = now === undefined ? undefined : zone.at(now).date;
  const time = rowTime(trace.started_at, { zone, today });
  const took = trace.status === 'active' ? '…' : spellMs(trace.duration_ms);
  const failure = trace.error?.message ?? error;
  // A trace that runs on after an error has the mark of one, and no duration yet.
  const status = trace.status === 'active' && failure !== undefined ? 'error' : trace.status;
  const icon = padCells(STATUS_ICONS[status] ?? '❔', 2);
  const words = oneLine(failure ?? trace.message ?? '–');
  const id = terminalSafe(trace.trace_id);
  const used = cellWidth(time) + 1 + 2 + 1 + DURATION_CELLS + 1;
  const room = width - used - cellWidth(id) - 1;
  const fitted = padCells(fitCells(words, Math.max(0, room)), Math.max(0, room));
  const about = room < SHORTEST_TEXT ? '' : `${failure === undefined ? fitted : paint.red(fitted)} `;
  const shown = link ? hyperlink(link(trace.trace_id), id) : id;
  const cells = used + (about === '' ? 0 : room + 1) + cellWidth(id);
  return {
    text: `${paint.dim(time)} ${icon} ${padCells(took, DURATION_CELLS, 'right')} ${about}${paint.dim(shown)}`,
    rows: Math.max(1, Math.ceil(cells / width)),
  };
}
