import { types } from 'node:util';
import type { JsonBytes } from '../../model/json-bytes.js';
import { eventType, factsOf, type EventFacts } from '../../model/vocabulary.js';

/**
 * The facts of an event that its written payload shows. A text that redaction hid in the payload, or a limit cut off,
 * must not reach the disk as a fact: then the event has none.
 */
export function shownFacts(type: string, data: unknown, payload: JsonBytes): EventFacts | undefined {
  // A look at a proxy runs code of the application.
  if (eventType(type)?.facts === undefined || types.isProxy(data)) return undefined;
  const facts = factsOf(type, data);
  if (facts === undefined) return undefined;
  for (const name in facts)
    if (
      typeof facts[name as keyof EventFacts] === 'string' &&
      !shows(payload, facts[name as keyof EventFacts] as string)
    )
      return undefined;
  return facts;
}

/** The buffer is longer than the payload and holds earlier ones. */
function shows({ buffer, at }: JsonBytes, text: string): boolean {
  const found = buffer.indexOf(JSON.stringify(text));
  return found !== -1 && found < at;
}
