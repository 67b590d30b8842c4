import { isObject } from '../../../model/objects.js';
import { any, has, is, like, type Check } from '../checks.js';
import type { BuiltInDialect, WebhookMessage, WebhookRequest } from '../dialect.js';
import { own, textOf } from '../fields.js';
import { sender, type Rule } from '../sender.js';

/**
 * Names that mean the person outside in everybody's bodies. Ids of people first, their addresses after: an id does not
 * change with a new telephone.
 */
const CONTACT = [
  'contactId',
  'contact_id',
  'contactID',
  'contact.id',
  'contact.contact_id',
  'contact.contactId',
  'customerId',
  'customer_id',
  'customer.id',
  'leadId',
  'lead_id',
  'lead.id',
  'subscriberId',
  'subscriber_id',
  'wa_id',
  'contact.phone',
  'contact.phone_number',
  'contact.email',
  'customer.phone',
  'customer.email',
  'lead.phone',
  'lead.email',
];

/**
 * Names that mean either side: of a message that came in its author, of one that went out its recipient, and without a
 * direction a guess. `user`, `userId` and `assignee` are not among them: in most bodies they are our own staff.
 */
const AUTHOR = ['from', 'sender', 'author'].flatMap((name) => [
  `${name}.id`,
  `${name}.phone`,
  `${name}.phone_number`,
  `${name}.email`,
  name,
]);
const RECIPIENT = ['to', 'recipient'].flatMap((name) => [
  `${name}.id`,
  `${name}.phone`,
  `${name}.phone_number`,
  `${name}.email`,
  name,
  `${name}[0].phone_number`,
  `${name}[0]`,
]);

/** An address alone may be anyone's; beside a first or last name, or in a message with a direction, it is that person's. */
const ADDRESS = ['phone', 'phoneNumber', 'phone_number', 'email'];
const A_PERSON = ['firstName', 'first_name', 'lastName', 'last_name', 'full_name', 'fullName'];

const MESSAGE = [
  'message',
  'body',
  'text',
  'content',
  'message.body',
  'message.text',
  'message.content',
  'message.text.body',
  'text.body',
  'content.text',
  'body.text',
  'messageBody',
  'message_body',
  'Body',
  'query',
  'prompt',
  'question',
  'input',
];

const MESSAGE_ID = [
  'messageId',
  'message_id',
  'message.id',
  'message.messageId',
  'message.message_id',
  'eventId',
  'event_id',
];

const TYPE = ['type', 'eventType', 'event_type', 'event', 'message.type'];

/** Where a sender wraps its fields once. */
const WRAPPERS = ['data', 'payload', 'event', 'customData'];

const within = (wrappers: readonly string[], places: readonly string[]): string[] =>
  wrappers.flatMap((wrapper) => places.map((place) => wrapper + place));

/** The direction, in any of its forms: a word, `fromMe`, or the name of an event about a message. */
function said(wrappers: readonly string[], words: RegExp, fromMe: boolean, event: RegExp): Check {
  return any(
    ...within(wrappers, ['direction', 'message.direction']).map((at) => like(at, words, 'a direction')),
    ...within(wrappers, ['fromMe', 'from_me', 'key.fromMe']).map((at) => is(at, fromMe)),
    ...within(wrappers, TYPE.slice(0, 4)).map((at) => like(at, event, 'the event of a message')),
  );
}

const INBOUND = [
  /^\s*(?:inbound|incoming|in)\s*$/i,
  false,
  /^(?:.*[._: -])?(?:(?:inbound|incoming)[._: -]?(?:message|sms|text|chat)|(?:message|sms|chat)[._: -]?(?:received|inbound|incoming))$/i,
] as const;
const OUTBOUND = [
  /^\s*(?:outbound|outgoing|out)\s*$/i,
  true,
  /^(?:.*[._: -])?(?:(?:outbound|outgoing)[._: -]?(?:message|sms|text|chat)|(?:message|sms|chat)[._: -]?(?:sent|outbound|outgoing))$/i,
] as const;

/** The rules for fields that lie in the item itself and in the wrappers that it has. */
function rulesFor(wrappers: readonly string[]): Rule[] {
  const common = {
    message: within(wrappers, MESSAGE),
    messageId: within(wrappers, MESSAGE_ID),
    types: within(wrappers, TYPE),
  };
  const contact = within(wrappers, CONTACT);
  return [
    {
      ...common,
      when: said(wrappers, ...OUTBOUND),
      contactId: [...contact, ...within(wrappers, [...RECIPIENT, ...ADDRESS])],
      direction: 'outbound',
    },
    {
      ...common,
      when: said(wrappers, ...INBOUND),
      contactId: [...contact, ...within(wrappers, [...AUTHOR, ...ADDRESS])],
      direction: 'inbound',
    },
    {
      ...common,
      when: any(...within(wrappers, A_PERSON).map(has)),
      contactId: [...contact, ...within(wrappers, ADDRESS)],
    },
    { ...common, contactId: contact },
  ];
}

/** Most bodies have no wrapper or one: only the wrappers that a body has are searched. Compiled at the first use. */
const compiled = new Map<string, BuiltInDialect>();

function readerFor(item: unknown, items: string | undefined): BuiltInDialect {
  const wrappers = WRAPPERS.filter((name) => isObject(own(item, name)));
  const key = `${items ?? ''} ${wrappers.join(' ')}`;
  let reader = compiled.get(key);
  if (!reader) {
    const rules = rulesFor(['', ...wrappers.map((name) => `${name}.`)]);
    reader = sender({ name: 'generic', match: has('$'), groups: [{ items, rules }] });
    compiled.set(key, reader);
  }
  return reader;
}

type OnAttempt = Parameters<BuiltInDialect['extract']>[1];

/** The elements of a list are searched for the wrappers that the first has. */
function read(request: WebhookRequest, value: unknown, attempt?: OnAttempt): WebhookMessage[] {
  const isList = Array.isArray(value);
  const reader = readerFor(isList ? own(value, 0) : value, isList ? '[]' : undefined);
  return reader.extract({ ...request, body: value }, attempt);
}

/** Any JSON object, list or form: the names that leave no doubt about who wrote and what. */
export const generic: BuiltInDialect = {
  name: 'generic',
  match: ({ body, query }) => isObject(body) || (typeof body === 'string' && body !== '') || hasFields(query),
  mismatch: () => 'there is neither a body nor a query',
  extract(request, attempt) {
    const { body, query } = request;
    const messages = messagesOf(request, attempt);
    if (messages.length > 0 && !hasFields(query)) return messages;
    // Fields that the body lacks may be in the address: `/webhook?contact_id=ana`.
    const asked = labelled(read(request, query, attempt)[0] ?? {});
    if (messages.length > 0) return messages.map((message) => merge(message, asked));
    return Array.isArray(body) && !hasFields(query) ? [] : [asked];
  },
};

function messagesOf(request: WebhookRequest, attempt: OnAttempt): WebhookMessage[] {
  const { body } = request;
  if (isObject(body)) return read(request, body, attempt);
  const message = typeof body === 'string' ? textOf(body) : undefined;
  return message === undefined ? [] : [{ message, media: 'text', reason: { message: 'the body' } }];
}

/** Names places in the query `query …`. */
function labelled({ reason = {}, ...message }: WebhookMessage): WebhookMessage {
  const places = Object.entries(reason).map(([field, place]) => [field, `query ${place}`]);
  return { ...message, reason: Object.fromEntries(places) as WebhookMessage['reason'] };
}

function merge(message: WebhookMessage, asked: WebhookMessage): WebhookMessage {
  return { ...asked, ...message, reason: { ...asked.reason, ...message.reason } };
}

/** Data of an event of another format, read by the same names. */
export function genericMessage(request: WebhookRequest, data: unknown): WebhookMessage {
  return isObject(data) && !Array.isArray(data) ? (read(request, data)[0] ?? {}) : {};
}

function hasFields(query: unknown): boolean {
  return isObject(query) && Object.keys(query).length > 0;
}
