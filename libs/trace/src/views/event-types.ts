import type { EventAnswer } from './answers.js';
import { isSpan } from './event-answer.js';
import type { EventTypeDefinition } from './event-type.js';
import { BUILT_IN_EVENT_TYPES } from './lead-agent-vocabulary.js';
import { oneLine } from './visible-text.js';

export type { EventTypeDefinition } from './event-type.js';

/** Which definition an event has; made by `defineEventTypes`. */
export interface EventTypes {
  of(event: EventAnswer): EventTypeDefinition;
}

/**
 * The built-in vocabulary with an application's own types added or laid over it, key by key. A span's definition is
 * under `span:<kind>`: `{ 'span:node': { timeline: true } }` shows every step.
 */
export function defineEventTypes(custom: Readonly<Record<string, EventTypeDefinition>> = {}): EventTypes {
  const definitions = new Map(Object.entries(BUILT_IN_EVENT_TYPES));
  for (const [type, definition] of Object.entries(custom)) {
    definitions.set(type, { ...definitions.get(type), ...definition });
  }
  const unknown: EventTypeDefinition = {};
  return { of: (event) => definitions.get(isSpan(event) ? `span:${event.type}` : event.type) ?? unknown };
}

/** The words of an event, icon first, on one line: what follows the time in the timeline. */
export function describeEvent(event: EventAnswer, types: EventTypes): string {
  const { icon, label, line } = types.of(event);
  const plain = `${icon ?? '📌'} ${label ?? (isSpan(event) ? `${event.type}: ${event.name}` : event.type)}`;
  if (!line) return oneLine(plain);
  try {
    return oneLine(icon === undefined ? `${line(event)}` : `${icon} ${line(event)}`);
  } catch {
    return oneLine(plain);
  }
}
