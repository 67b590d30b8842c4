import { ZonedStamp } from '../../../libs/trace/src/model/trace-id.js';
import { hasFailed } from '../../../libs/trace/src/model/status.js';
import type { StreamMessage } from '../../../libs/trace/src/contract/responses.js';
import { defineEventTypes } from '../../../libs/trace/src/views/events/event-types.js';
import type { HumanOptions } from '../../../libs/trace/src/views/render/human/human.js';
import { liveLines } from '../../../libs/trace/src/views/render/human/live-line.js';
import { traceLine } from '../../../libs/trace/src/views/render/human/trace-line.js';
import { renderPlain } from '../../../libs/trace/src/views/render/plain/plain.js';
import type { Cli } from '../cli.js';
import { TraceBoard } from './trace-board.js';

/** The texts of `watch`, each with the line ends that it needs. */
export interface LiveText {
  /** The text of a message; empty where it shows nothing. */
  of(message: StreamMessage): string;
  /** The line of a trace that may still run, before the program ends. */
  last(traceId: string): string;
  /** Texts around a line on stderr. */
  before(): string;
  after(): string;
}

/** Lines per trace or, with `steps`, per event; JSON has every message on one line. */
export function liveText(cli: Cli, { steps }: { steps: boolean }): LiveText {
  const { format } = cli;
  if (format === 'json') return perMessage((message) => cli.asJson(message) ?? '');
  if (format === 'raw' || format === 'pretty') return perMessage((message) => cli.asJson(message.data) ?? '');
  return steps ? perMessage(stepLines(cli)) : perTrace(cli);
}

function perMessage(text: (message: StreamMessage) => string): LiveText {
  const none = (): string => '';
  return { of: (message) => withLineEnd(text(message)), last: none, before: none, after: none };
}

function withLineEnd(text: string): string {
  return text === '' ? '' : `${text}\n`;
}

function stepLines(cli: Cli): (message: StreamMessage) => string {
  const { zone, ...layout } = layoutOf(cli);
  const options = { ...layout, zone, types: defineEventTypes(), now: () => Date.now() * 1000 };
  if (cli.format !== 'md') return (message) => liveLines(message, options).join('\n');
  return (message) => liveLines(message, { ...options, color: false }).map(asItem).join('\n');
}

function perTrace(cli: Cli): LiveText {
  const { format, terminal } = cli;
  const onScreen = format === 'human' && terminal.interactive;
  const board = new TraceBoard({
    layout: () => ({ ...layoutOf(cli), width: onScreen ? process.stdout.columns : terminal.width }),
    rows: () => (onScreen ? process.stdout.rows : undefined),
    ...(format === 'plain' && {
      ended: (trace) => renderPlain('list', { count: 1, traces: [trace], next: null }),
    }),
    ...(format === 'md' && {
      ended: (trace) => asItem(traceLine(trace, { ...layoutOf(cli), color: false, link: undefined }).text),
    }),
  });
  return {
    of: (message) => board.take(message),
    last: (traceId) => board.last(traceId),
    before: () => board.clear(),
    after: () => board.redraw([]),
  };
}

const ZONE = new ZonedStamp();

function layoutOf(cli: Cli): HumanOptions & { zone: ZonedStamp } {
  return { ...cli.human(), zone: ZONE };
}

/** Escapes Markdown in captured text. */
function asItem(line: string): string {
  return `- ${line.replace(/[\\`*_<>[\]|#!]/g, '\\$&')}`;
}

/** Whether a message reports an error, or the end of a trace that failed without one. */
export function reportsError(message: StreamMessage): boolean {
  switch (message.type) {
    case 'trace.started':
      return message.data.events_so_far.some(({ type }) => type === 'error');
    case 'trace.event':
      return message.data.event.type === 'error';
    case 'trace.ended':
      return hasFailed(message.data.status);
  }
}
