import { ZonedStamp } from '../../../libs/trace/src/model/trace-id.js';
import type { StreamMessage } from '../../../libs/trace/src/contract/responses.js';
import { defineEventTypes } from '../../../libs/trace/src/views/events/event-types.js';
import { liveLines } from '../../../libs/trace/src/views/render/human/live-line.js';
import type { Cli } from '../cli.js';

/** How `watch` writes a message: lines of a timeline, Markdown items, or JSON on one line. */
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

/** Captured text may hold Markdown of its own, which is to be read and not obeyed. */
function asItem(line: string): string {
  return `- ${line.replace(/[\\`*_<>[\]|#!]/g, '\\$&')}`;
}
