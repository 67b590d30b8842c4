import { types } from 'node:util';
import { isPlaceholder, own } from './fields.js';
import type { WebhookMessage } from './dialect.js';

/** A body with more fields than this is no form of a workflow tool. */
const MAX_FIELDS = 300;
const MAX_DEPTH = 4;
const MAX_NAMES = 10;

/** Tools whose texts are written with merge fields: there a part of a text may be one. */
const TOOLS = new Set(['gohighlevel', 'manychat', 'hubspot']);

const PART = /\{\{[^{}\n]{1,100}\}\}/;

/** Names of the fields that hold an unreplaced placeholder, such as `contact.id`; `undefined`: none. */
export function placeholdersIn(
  body: unknown,
  dialect: string | undefined,
  messages: readonly WebhookMessage[],
): string[] | undefined {
  const names: string[] = [];
  // In a message that somebody wrote, two braces are just text.
  const anyPart = (dialect !== undefined && TOOLS.has(dialect)) || messages[0]?.direction === 'outbound';
  let left = MAX_FIELDS;
  const look = (value: unknown, name: string, depth: number): void => {
    if (typeof value === 'string') {
      if (!value.includes('{{')) return;
      if (isPlaceholder(value) || (anyPart && PART.test(value.slice(0, 4_096)))) names.push(name.slice(0, 200));
    } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH && !types.isProxy(value)) {
      for (const key of Object.keys(value)) {
        if (left-- <= 0 || names.length >= MAX_NAMES) return;
        look(own(value, key), join(name, key, Array.isArray(value)), depth + 1);
      }
    }
  };
  look(body, '', 0);
  return names.length > 0 ? names : undefined;
}

function join(before: string, key: string, inList: boolean): string {
  if (inList) return `${before}[${key}]`;
  return before === '' ? key : `${before}.${key}`;
}
