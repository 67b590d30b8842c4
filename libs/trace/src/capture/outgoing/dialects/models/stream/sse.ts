import { tryJson, type StreamEvent } from './stream-event.js';

const CR = 13;
const BARE_CR = /\r(?!\n)/g;

/**
 * Events of a `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html): lines that end with
 * LF, CRLF or CR, comments, data of several lines. An event whose data is no JSON, such as `[DONE]` or one that was cut,
 * is skipped. The last one counts without its empty line, because a stream that was left early has none.
 *
 * @param from `tail`: the text begins inside an event, which is skipped
 */
export function* sseEvents(given: string, from: 'start' | 'tail' = 'start'): Generator<StreamEvent> {
  // Each offset stays. A search for both ends of a line would read the whole text again for each line.
  const text = given.includes('\r') ? given.replace(BARE_CR, '\n') : given;
  let name = '';
  let data: string | undefined;
  let end = 0;
  let skip = from === 'tail';
  for (let position = 0; position < text.length;) {
    const feed = text.indexOf('\n', position);
    const next = feed < 0 ? text.length : feed + 1;
    const stop = feed > position && text.charCodeAt(feed - 1) === CR ? feed - 1 : feed < 0 ? text.length : feed;
    if (stop === position) {
      if (data !== undefined && !skip) yield* event(name, data, end);
      name = '';
      data = undefined;
      skip = false;
    } else if (text.startsWith('data:', position)) {
      const line = valueOf(text, position + 5, stop);
      data = data === undefined ? line : `${data}\n${line}`;
      end = stop;
    } else if (text.startsWith('event:', position)) {
      name = valueOf(text, position + 6, stop);
    }
    position = next;
  }
  if (data !== undefined && !skip) yield* event(name, data, end);
}

function valueOf(text: string, from: number, to: number): string {
  return text.slice(text.charCodeAt(from) === 32 ? from + 1 : from, to);
}

function* event(name: string, data: string, end: number): Generator<StreamEvent> {
  const value = tryJson(data);
  if (value !== undefined) yield { data: value, name, end };
}
