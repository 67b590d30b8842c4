import type { StreamMessage, TraceListItem } from '../../../libs/trace/src/contract/responses.js';
import { asRecord } from '../../../libs/trace/src/views/events/event-data.js';
import { eraseLines } from '../../../libs/trace/src/views/render/human/ansi.js';
import type { HumanOptions } from '../../../libs/trace/src/views/render/human/human.js';
import { traceLine, type TraceLine } from '../../../libs/trace/src/views/render/human/trace-line.js';

/** A trace that runs, and the first error that was seen in it. */
interface Running {
  item: TraceListItem;
  error?: string;
}

/** Traces that are remembered at most: a filter by status may hide the end of one. */
const MOST_RUNNING = 1_000;

export interface BoardOptions {
  /** Layout of a line, asked for each: the screen may have been resized, and the day may have ended. */
  layout: () => HumanOptions;
  /** Rows of the screen. `undefined`: lines cannot be replaced, so a trace has a line when it ends. */
  rows: () => number | undefined;
  /** The line of an ended trace in another format. Default: as on the screen. */
  ended?: (trace: TraceListItem) => string;
}

/**
 * One line per trace: on a screen the lines of running traces are at the bottom, and each is replaced by its last line when
 * the trace ends. Each function returns the text to write.
 */
export class TraceBoard {
  private readonly running = new Map<string, Running>();
  /** Rows below the last line that stays. */
  private drawn = 0;

  constructor(private readonly options: BoardOptions) {}

  take(message: StreamMessage): string {
    const { data } = message;
    const known = this.running.get(data.trace_id);
    switch (message.type) {
      case 'trace.started': {
        const { events_so_far: events, id: _id, ...item } = message.data;
        const found = events.find(({ type }) => type === 'error');
        this.running.set(data.trace_id, { item, error: found && errorText(found.data) });
        if (this.running.size > MOST_RUNNING) this.running.delete(this.running.keys().next().value!);
        return this.redraw([]);
      }
      case 'trace.event':
        if (!known || known.error !== undefined || message.data.event.type !== 'error') return '';
        known.error = errorText(message.data.event.data);
        return this.redraw([]);
      case 'trace.ended':
        this.running.delete(data.trace_id);
        return this.redraw([this.endLine(message.data, known?.error)]);
    }
  }

  /** The line of a trace that may still run, for the end of the program. */
  last(traceId: string): string {
    const running = this.running.get(traceId);
    if (!running) return '';
    this.running.delete(traceId);
    return this.redraw([this.endLine(running.item, running.error)]);
  }

  /** Removes the lines of running traces, so that another text can be written. `redraw` writes them again. */
  clear(): string {
    const text = eraseLines(this.drawn);
    this.drawn = 0;
    return text;
  }

  /** The lines that stay, then those of running traces. */
  redraw(staying: readonly string[]): string {
    const before = this.clear();
    const lines = this.runningLines();
    this.drawn = lines.reduce((sum, { rows }) => sum + rows, 0);
    return before + [...staying, ...lines.map(({ text }) => text)].map((line) => `${line}\n`).join('');
  }

  private endLine(trace: TraceListItem, error: string | undefined): string {
    return this.options.ended?.(trace) ?? traceLine(trace, this.options.layout(), error).text;
  }

  /** The newest that fit on the screen; how many others there are is in one line. */
  private runningLines(): TraceLine[] {
    const rows = this.options.rows();
    if (rows === undefined) return [];
    const layout = this.options.layout();
    const all = [...this.running.values()].map(({ item, error }) => traceLine(item, layout, error));
    const shown: TraceLine[] = [];
    let left = Math.max(1, rows - 3);
    for (const line of all.toReversed()) {
      if (line.rows > left) break;
      left -= line.rows;
      shown.unshift(line);
    }
    const more = all.length - shown.length;
    return more === 0 ? shown : [{ text: `… and ${more} more that run`, rows: 1 }, ...shown];
  }
}

function errorText(data: unknown): string {
  const { message } = asRecord(data);
  return typeof message === 'string' ? message : 'an error';
}
