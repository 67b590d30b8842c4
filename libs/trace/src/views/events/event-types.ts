import type { EventDto } from '../../contract/responses.js';
import { isPlainObject } from '../../model/objects.js';
import { badOption, booleanOption, functionOption, objectOption, textOption } from '../../model/option-checks.js';
import { isSpan } from './event-response.js';
import type { EventTypeDefinition } from './event-type.js';
import { BUILT_IN_EVENT_TYPES } from './event-looks.js';
import { oneLine } from '../text/visible-text.js';

/** The definitions of all event types; made by `defineEventTypes`. */
export interface EventTypes {
  of(event: EventDto): EventTypeDefinition;
  /** The definition of a point event's type; `span:<type>` for spans. */
  ofType(type: string): EventTypeDefinition;
}

/**
 * The built-in event types with an application's own types, which replace single keys of the built-in ones. A span's
 * definition is under `span:<type>`: `{ 'span:step': { timeline: true } }` shows every step.
 */
export function defineEventTypes(custom: Readonly<Record<string, EventTypeDefinition>> = {}): EventTypes {
  const definitions = new Map(Object.entries(BUILT_IN_EVENT_TYPES));
  for (const [type, definition] of Object.entries(custom)) {
    definitions.set(type, { ...definitions.get(type), ...definition });
  }
  const unknown: EventTypeDefinition = {};
  const ofType = (type: string): EventTypeDefinition => definitions.get(type) ?? unknown;
  return { ofType, of: (event) => ofType(isSpan(event) ? `span:${event.type}` : event.type) };
}

/** The words of an event, icon first, on one line: what follows the time in the timeline. */
export function describeEvent(event: EventDto, types: EventTypes): string {
  const { icon, label, line } = types.of(event);
  const plain = () => words(icon ?? '📌', label ?? (isSpan(event) ? `${event.type}: ${event.name}` : event.type));
  if (!line) return plain();
  try {
    const text = `${line(event)}`;
    return icon === undefined ? oneLine(text) : words(icon, text);
  } catch {
    return plain();
  }
}

/** Icon and text apart, because a text without an emoji takes the short path of `oneLine`. */
function words(icon: string, text: string): string {
  return `${oneLine(icon)} ${oneLine(text)}`;
}

/**
 * Checks the option `eventTypes`.
 * @throws TraceCollectorError `OPTION_INVALID` for the first invalid definition.
 */
export function resolveEventTypes(
  given: Record<string, EventTypeDefinition> | undefined,
): Record<string, EventTypeDefinition> {
  if (given === undefined) return {};
  if (!isPlainObject(given)) throw badOption('eventTypes', given, 'an object of definitions by event type');
  for (const [type, definition] of Object.entries(given)) {
    const name = `eventTypes.${type}`;
    const keys = ['icon', 'label', 'line', 'timeline', 'summary'] as const;
    const { icon, label, line, timeline, summary } = objectOption<EventTypeDefinition>(name, definition, keys);
    textOption(`${name}.icon`, icon);
    textOption(`${name}.label`, label);
    functionOption(`${name}.line`, line);
    functionOption(`${name}.summary`, summary);
    booleanOption(`${name}.timeline`, timeline, true);
  }
  return given;
}
