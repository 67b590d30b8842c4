import { objectEnd } from './json-values.js';
import { tryJson, type StreamEvent } from './stream-event.js';

/** Bytes of a frame around its headers and its payload: lengths, and two checksums. */
const PRELUDE = 12;
const TRAILER = 4;
const HEADER = /:(?:event-type|exception-type|content-type|message-type|error-code)[^ -~]/;
/** A header of type 7 (text): its length in two bytes, then the text. Names of events are shorter than 128. */
const NAME = /:(?:event|exception)-type[^ -~]{2}[\s\S]([\w.-]{1,64})/;

/**
 * Frames of `application/vnd.amazon.eventstream`, of the copy as text: headers and payloads are text, and only lengths
 * and checksums are lost. A payload begins with the first brace behind the headers. `end` is exact up to the checksums,
 * because it is counted from the lengths of headers and payloads in bytes.
 */
export function* awsEvents(text: string): Generator<StreamEvent> {
  let position = 0;
  let bytes = 0;
  for (;;) {
    const head = HEADER.exec(text.slice(position, position + 4_096));
    const next = head ? position + head.index : text.indexOf(':event-type', position);
    const from = next < 0 ? -1 : text.indexOf('{', next);
    const stop = from < 0 ? undefined : objectEnd(text, from);
    if (stop === undefined) return;
    const headers = text.slice(next, from);
    const payload = text.slice(from, stop);
    bytes += PRELUDE + 1 + Buffer.byteLength(headers) + Buffer.byteLength(payload) + TRAILER;
    const data = tryJson(payload);
    if (data !== undefined) yield { data, name: NAME.exec(headers)?.[1] ?? '', end: bytes };
    position = stop;
  }
}

/** The model's own event in a frame of InvokeModelWithResponseStream. */
export function innerEvent(data: unknown): unknown {
  const bytes = typeof data === 'object' && data !== null ? (data as { bytes?: unknown }).bytes : undefined;
  return typeof bytes === 'string' ? tryJson(Buffer.from(bytes, 'base64').toString()) : undefined;
}
