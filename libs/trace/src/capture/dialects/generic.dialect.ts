import type { Dialect, WebhookRequest } from './dialect.js';
import { compact, firstAt, idOf, textOf, type FieldPath } from './fields.js';

/** Ids of people first, their addresses after: an id does not change when somebody gets a new phone. */
const CONTACT: FieldPath[] = [
  ['contactId'],
  ['contact_id'],
  ['contact', 'id'],
  ['contact', 'contact_id'],
  ['from', 'id'],
  ['sender', 'id'],
  ['author', 'id'],
  ['customerId'],
  ['customer_id'],
  ['customer', 'id'],
  ['leadId'],
  ['lead_id'],
  ['lead', 'id'],
  ['userId'],
  ['user_id'],
  ['user', 'id'],
  ['chatId'],
  ['chat_id'],
  ['chat', 'id'],
  ['from'],
  ['From'],
  ['sender'],
  ['user'],
  ['contact'],
  ['contact', 'phone'],
  ['phone'],
  ['phoneNumber'],
  ['phone_number'],
  ['wa_id'],
  ['contact', 'email'],
  ['email'],
];

const MESSAGE: FieldPath[] = [
  ['message'],
  ['body'],
  ['text'],
  ['content'],
  ['message', 'body'],
  ['message', 'text'],
  ['message', 'content'],
  ['message', 'text', 'body'],
  ['text', 'body'],
  ['content', 'text'],
  ['body', 'text'],
  ['messageBody'],
  ['message_body'],
  ['Body'],
  ['query'],
  ['prompt'],
  ['question'],
  ['input'],
];

const MESSAGE_ID: FieldPath[] = [
  ['messageId'],
  ['message_id'],
  ['message', 'id'],
  ['message', 'messageId'],
  ['message', 'message_id'],
  ['eventId'],
  ['event_id'],
];

const TYPE: FieldPath[] = [['type'], ['eventType'], ['event_type'], ['event'], ['message', 'type']];

/** Where a sender wraps its fields once. */
const WRAPPERS = ['data', 'payload', 'event', 'customData'];

/** Any JSON object or form: the names that most senders use for who wrote and what. */
export const generic: Dialect = {
  name: 'generic',
  match: ({ body, query }) => isObject(body) || (typeof body === 'string' && body !== '') || hasFields(query),
  extract(request) {
    const sources = sourcesOf(request);
    const find = <T>(paths: FieldPath[], read: (value: unknown) => T | undefined): T | undefined => {
      for (const source of sources) {
        const found = firstAt(source, paths, read);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    const message = compact({
      contactId: find(CONTACT, idOf),
      message: find(MESSAGE, textOf) ?? (typeof request.body === 'string' ? textOf(request.body) : undefined),
      messageId: find(MESSAGE_ID, idOf),
      type: find(TYPE, (value) => (typeof value === 'string' ? textOf(value) : undefined)),
      direction: find([['direction'], ['message', 'direction']], directionOf),
    });
    return [message];
  },
};

/** The body, what it wraps, and the query, in this order. */
function sourcesOf({ body, query }: WebhookRequest): unknown[] {
  const outer = Array.isArray(body) ? body[0] : body;
  const inner = isObject(outer) ? WRAPPERS.map((name) => (outer as Record<string, unknown>)[name]) : [];
  return [outer, ...inner.filter(isObject), query];
}

export function directionOf(value: unknown): 'inbound' | 'outbound' | undefined {
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  if (word === 'inbound' || word === 'incoming') return 'inbound';
  return word === 'outbound' || word === 'outgoing' ? 'outbound' : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function hasFields(query: unknown): boolean {
  return isObject(query) && Object.keys(query).length > 0;
}
