import { types } from 'node:util';
import type { WebhookMessage } from './dialect.js';

/** The object that was read last, known to be no proxy: most reads in a row are of the same one. */
let plain: unknown;

/** An own data property. Getters and proxies answer nothing: they are code of the application. */
export function own(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value !== plain) {
    if (types.isProxy(value)) return undefined;
    plain = value;
  }
  // Most questions end here, at a third of the price of a descriptor.
  return Object.hasOwn(value, key) ? Object.getOwnPropertyDescriptor(value, key)!.value : undefined;
}

/** Forgets the object that was read last, which would be kept in memory otherwise. */
export function letGo(): void {
  plain = undefined;
}

/**
 * Workflow tools that find nothing to put into a merge field send its name instead: `{{contact.id}}`. No sender means
 * that as a value.
 */
const TEMPLATE = /^\s*(?:\{\{[^{}]*\}\}\s*)+$/;

/** Texts that other languages write for "no value". */
const NO_VALUE = /^\s*(?:null|undefined|none|nan|\[object object\])\s*$/i;

/** Whether a value is nothing but unreplaced merge fields. */
export function isPlaceholder(value: unknown): boolean {
  return typeof value === 'string' && value.includes('{{') && TEMPLATE.test(value.slice(0, 512));
}

/** A text that says something: not blank, no unreplaced template. Numbers that were sent as a message are their digits. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' && !isPlaceholder(value) ? value : undefined;
}

/** An id: a text, trimmed, or a number, which is what Telegram sends. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) && value !== 0 ? String(value) : undefined;
  const text = textOf(value)?.trim();
  return text === undefined || NO_VALUE.test(text) ? undefined : text;
}

/** A message without the fields that have no value. */
export function compact<T extends object>(fields: T): T {
  const kept = {} as T;
  for (const key of Object.keys(fields) as (keyof T)[]) if (fields[key] !== undefined) kept[key] = fields[key];
  return kept;
}

/** The same for a message. Stores by name take a third of the time of stores by key. */
export function messageOf(fields: WebhookMessage): WebhookMessage {
  const message: WebhookMessage = {};
  if (fields.contactId !== undefined) message.contactId = fields.contactId;
  if (fields.message !== undefined) message.message = fields.message;
  if (fields.messageId !== undefined) message.messageId = fields.messageId;
  if (fields.type !== undefined) message.type = fields.type;
  if (fields.direction !== undefined) message.direction = fields.direction;
  if (fields.media !== undefined) message.media = fields.media;
  if (fields.edited !== undefined) message.edited = fields.edited;
  if (fields.notices !== undefined) message.notices = fields.notices;
  if (fields.reason !== undefined) message.reason = fields.reason;
  return message;
}

/** One header's value; of a repeated one, the first. */
export function header(headers: Record<string, string | string[] | undefined>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The object in a text of JSON; `undefined` for any other value. */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value.slice(0, 64))) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
