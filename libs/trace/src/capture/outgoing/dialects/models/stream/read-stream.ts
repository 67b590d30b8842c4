import type { BodyCopy } from '../../../outgoing-dialect.js';
import { awsEvents } from './aws-frames.js';
import { jsonValues } from './json-values.js';
import { sseEvents } from './sse.js';
import type { StreamEvent } from './stream-event.js';

type Reader = (text: string, from?: 'start' | 'tail') => Iterable<StreamEvent>;

/** How a response is divided into events; `undefined`: it is one JSON value. */
export function streamReader(contentType: string, text: string): Reader | undefined {
  if (contentType.includes('text/event-stream')) return sseEvents;
  if (contentType.includes('vnd.amazon.eventstream')) return awsEvents;
  if (/ndjson|stream\+json|jsonl/.test(contentType)) return jsonValues;
  // Servers that stream with another content type, such as Cohere's version 1.
  const head = text.slice(0, 200).trimStart();
  if (/^(?:data|event|id|retry)?:/.test(head)) return sseEvents;
  if (/^\[\s*\{/.test(head)) return jsonValues;
  return undefined;
}

/** Bytes of the body before a position in its text. */
export function offsetOf({ text }: BodyCopy, position: number): number {
  return Buffer.byteLength(position >= text.length ? text : text.slice(0, position));
}
