import { types } from 'node:util';
import { isPlaceholder } from './fields.js';
import type { WebhookMessage } from './dialect.js';

/** A body with more fields than this is no form of a workflow tool. */
const MAX_FIELDS = 300;
const MAX_DEPTH = 4;
const MAX_NAMES = 10;

/** Tools whose texts are written with merge fields: a part of a text may be one there. */
const TOOLS = new Set(['gohighlevel', 'manychat', 'hubspot']);

const lookupGetter = Reflect.get(Object.prototype, '__lookupGetter__') as (this: object, key: PropertyKey) => unknown;

const PART = /\{\{[^{}\n]{1,100}\}\}/;

/** Names of the fields that hold an unreplaced placeholder, such as `contact.id`; `undefined`: none. */
export function placeholdersIn(
  body: unknown,
  dialect: string | undefined,
  messages: readonly WebhookMessage[],
): string[] | undefined {
  const names: string[] = [];
  // In a message that a person wrote, two braces are just text.
  const anyPart = (dialect !== undefined && TOOLS.has(dialect)) || messages[0]?.direction === 'outbound';
  let left = MAX_FIELDS;
  /** Keys from the body to the current value. Indexes are in brackets; joined only where a name is needed. */
  const keys: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value === 'string') {
      if (!value.includes('{{')) return;
      if (isPlaceholder(value) || (anyPart && PART.test(value.slice(0, 4_096)))) names.push(nameOf(keys));
    } else if (typeof value === 'object' && value !== null && keys.length < MAX_DEPTH && !types.isProxy(value)) {
      const list = Array.isArray(value);
      for (const key of Object.keys(value)) {
        if (left-- <= 0 || names.length >= MAX_NAMES) return;
        // The key is the value's own. To ask for a getter is cheaper than a descriptor, which is garbage afterwards.
        if (lookupGetter.call(value, key) !== undefined) continue;
        const inner = (value as Record<string, unknown>)[key];
        if (typeof inner !== 'string' && typeof inner !== 'object') continue;
        keys.push(list ? `[${key}]` : key);
        look(inner);
        keys.pop();
      }
    }
  };
  look(body);
  return names.length > 0 ? names : undefined;
}

/** `contact.names[0]`. */
function nameOf(keys: readonly string[]): string {
  return keys.join('.').replaceAll('.[', '[').slice(0, 200);
}
