import { tryJson, type StreamEvent } from './stream-event.js';

/**
 * Events of a `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html): lines that end with
 * LF, CRLF or CR, comments, data of several lines. An event whose data is no JSON, such as `[DONE]` or one that was cut,
 * is skipped. The last one counts without its empty line, because a stream that was left early has none.
 *
 * @param from `tail`: the text begins inside an event, which is skipped
 */
export function* sseEvents(text: string, from: 'start' | 'tail' = 'start'): Generator<StreamEvent> {
  let name = '';
  let data: string | undefined;
  let end = 0;
  let skip = from === 'tail';
  for (let position = 0; position < text.length;) {
    const stop = lineEnd(text, position);
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
    position = text.startsWith('\r\n', stop) ? stop + 2 : stop + 1;
  }
  if (data !== undefined && !skip) yield* event(name, data, end);
}

function lineEnd(text: string, from: number): number {
  const feed = text.indexOf('\n', from);
  const stop = feed < 0 ? text.length : feed;
  if (feed > from && text.charCodeAt(feed - 1) === 13) {
    // Streams with CRLF are common, those with a bare CR are not: it is searched only inside the line.
    const bare = text.lastIndexOf('\r', feed - 2);
    return bare < from ? feed - 1 : text.indexOf('\r', from);
  }
  const bare = stop > from && text.lastIndexOf('\r', stop - 1) >= from ? text.indexOf('\r', from) : -1;
  return bare < 0 ? stop : bare;
}

function valueOf(text: string, from: number, to: number): string {
  return text.slice(text.charCodeAt(from) === 32 ? from + 1 : from, to);
}

function* event(name: string, data: string, end: number): Generator<StreamEvent> {
  const value = tryJson(data);
  if (value !== undefined) yield { data: value, name, end };
}
