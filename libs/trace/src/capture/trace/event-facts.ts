import { types } from 'node:util';
import type { JsonBytes } from '../../model/json-bytes.js';
import { factsOf, type EventFacts } from '../../model/vocabulary.js';

/**
 * The facts of an event that its written payload shows. A text that redaction hid in the payload, or a limit cut off,
 * must not reach the disk as a fact: then the event has none.
 */
export function shownFacts(type: string, data: unknown, payload: JsonBytes): EventFacts | undefined {
  // A look at a proxy runs code of the application.
  const facts = types.isProxy(data) ? undefined : factsOf(type, data);
  if (facts === undefined) return undefined;
  const bytes = payload.buffer.subarray(0, payload.at);
  return Object.values(facts).every((text) => bytes.includes(JSON.stringify(text))) ? facts : undefined;
}
