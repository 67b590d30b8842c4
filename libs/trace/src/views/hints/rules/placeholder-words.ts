import { asRecord } from '../../events/event-data.js';
import { clip, oneLine } from '../../text/visible-text.js';

const MAX_CHARACTERS = 100;
/** A placeholder inside a text: `{{contact.id}}`. */
const PLACEHOLDER = /\{\{[^{}]*\}\}/;

/**
 * The end of the hint: ` in contact.id: {{contact.id}}`. `field` is a path in the body, a placeholder itself, or both
 * (`contact.id: {{contact.id}}`), as the dialect recorded it.
 */
export function placeholderWords(field: string, body: unknown): string {
  const given = clip(oneLine(String(field)), MAX_CHARACTERS);
  const own = PLACEHOLDER.exec(given);
  if (own) return own.index === 0 ? `: ${given}` : ` in ${given}`;
  const found = placeholderAt(String(field), body);
  return found === undefined ? ` in ${given}` : ` in ${given}: ${clip(oneLine(found), MAX_CHARACTERS)}`;
}

/** Reads `contact.id`, `customData.items.0.name` and `items[0].name`. */
function placeholderAt(path: string, body: unknown): string | undefined {
  let at: unknown = body;
  for (const key of path.replace(/\[(\d+)\]/g, '.$1').split('.')) {
    at = asRecord(at)[key];
  }
  return typeof at === 'string' ? PLACEHOLDER.exec(at)?.[0] : undefined;
}
