import type { Dialect, WebhookMessage } from './dialect.js';
import { at, compact, first, idOf, textOf } from './fields.js';

const IDS: string[][] = [
  ['contactId'],
  ['contact_id'],
  ['contact', 'id'],
  ['from', 'id'],
  ['from'],
  ['sender', 'id'],
  ['sender'],
  ['userId'],
  ['user_id'],
  ['user', 'id'],
  ['phone'],
];
const TEXTS: string[][] = [
  ['message'],
  ['body'],
  ['text'],
  ['content'],
  ['message', 'body'],
  ['message', 'text'],
  ['message', 'content'],
  ['text', 'body'],
];

/** Any JSON object: the names most senders use for who wrote and what. */
export const generic: Dialect = {
  name: 'generic',
  match: (request) => typeof request.body === 'object' && request.body !== null,
  extract({ body }) {
    const found: WebhookMessage = compact({
      contactId: first(IDS.map((path) => idOf(at(body, ...path)))),
      message: first(TEXTS.map((path) => textOf(at(body, ...path)))),
      messageId: first([at(body, 'messageId'), at(body, 'message_id'), at(body, 'message', 'id')].map(idOf)),
      type: textOf(at(body, 'type')),
    });
    return [found];
  },
};
