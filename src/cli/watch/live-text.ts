import { ZonedStamp } from '../../../libs/trace/src/model/trace-id.js';
import { hasFailed } from '../../../libs/trace/src/model/status.js';
import type { StreamMessage } from '../../../libs/trace/src/contract/responses.js';
import { defineEventTypes } from '../../../libs/trace/src/views/events/event-types.js';
import { liveLines } from '../../../libs/trace/src/views/render/human/live-line.js';
import type { Cli } from '../cli.js';

/** The text of a message for `watch`: lines of a timeline, Markdown items, or JSON on one line. */
export function liveText(cli: Cli): (message: StreamMessage) => string {
  const options = { types: defineEventTypes(), zone: new ZonedStamp(), color: cli.terminal.color };
  switch (cli.format) {
    case 'human':
    case 'plain':
    case 'html':
      return (message) => liveLines(message, options).join('\n');
    case 'md':
      return (message) =>
        liveLines(message, { ...options, color: false })
          .map(asItem)
          .join('\n');
    case 'json':
      return (message) => cli.asJson(message) ?? '';
    case 'raw':
    case 'pretty':
      return (message) => cli.asJson(message.data) ?? '';
  }
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
