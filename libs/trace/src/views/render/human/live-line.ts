import type { Micros } from '../../../model/record.js';
import type { ZonedStamp } from '../../../model/trace-id.js';
import type { StreamMessage, TraceListItem } from '../../../contract/responses.js';
import { spellMs } from '../../text/durations.js';
import { isSpan } from '../../events/event-response.js';
import { describeEvent } from '../../events/event-types.js';
import type { EventTypes } from '../../events/event-types.js';
import { ansi } from './ansi.js';
import { statusWord } from '../status-word.js';
import { terminalSafe } from '../../text/visible-text.js';

export interface LiveOptions {
  types: EventTypes;
  zone: ZonedStamp;
  /** ANSI colours. Default: `false`. */
  color?: boolean;
  /** Returns the current time: times of another day have their date. Default: none has. */
  now?: () => Micros;
}

/**
 * The lines of one stream message for `get-trace watch`, each beginning with the time and the contact. Every event has
 * a line, also those without one in the timeline, but for the second record of a reply; a span has a line when it starts and one when it ends.
 */
export function liveLines(message: StreamMessage, options: LiveOptions): string[] {
  const paint = ansi(options.color ?? false);
  const { data } = message;
  const contact = paint.cyan(terminalSafe(data.contact_id));
  const line = (iso: string, words: string): string => `[${clockTime(iso, options)}] ${contact} ${words}`;
  switch (message.type) {
    case 'trace.started':
      return [
        line(message.data.started_at, paint.bold(`▶ ${terminalSafe(message.data.trace_id)}`)),
        ...message.data.events_so_far
          .filter(({ again }) => !again)
          .map((event) => line(event.timestamp, describeEvent(event, options.types))),
      ];
    case 'trace.event': {
      const { event } = message.data;
      if (event.again) return [];
      const words = describeEvent(event, options.types);
      if (!isSpan(event) || event.duration_ms === null) return [line(event.timestamp, words)];
      const endedAt = new Date(Date.parse(event.timestamp) + event.duration_ms).toISOString();
      return [line(endedAt, `${words} ${paint.dim(`(${spellMs(event.duration_ms)})`)}`)];
    }
    case 'trace.ended':
      return [
        line(
          endOf(message.data),
          endWords(message.data, paint.status(message.data.status, statusWord(message.data.status))),
        ),
      ];
  }
}

function endOf({ started_at, duration_ms }: TraceListItem): string {
  const start = Date.parse(started_at);
  return Number.isNaN(start) ? started_at : new Date(start + duration_ms).toISOString();
}

function endWords({ trace_id, duration_ms, errors }: TraceListItem, status: string): string {
  const failed = errors === 0 ? '' : `, ${errors} ${errors === 1 ? 'error' : 'errors'}`;
  return `■ ${status} in ${spellMs(duration_ms)}${failed}  ${terminalSafe(trace_id)}`;
}

function clockTime(iso: string, { zone, now }: LiveOptions): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return '--:--:--';
  const { date, time } = zone.at(ms * 1000);
  return now === undefined || zone.at(now()).date === date ? time : `${date} ${time}`;
}
