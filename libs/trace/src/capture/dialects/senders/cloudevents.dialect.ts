import type { BuiltInDialect, WebhookMessage, WebhookRequest } from '../dialect.js';
import { compact, header, idOf, own, textOf } from '../fields.js';
import { genericMessage } from './generic.dialect.js';

/** Events whose subject is a person, by their type. The subject of any other is a file, an order, a device. */
const ABOUT_A_PERSON = /contact|lead|customer|subscriber|patient|message|conversation|chat/i;

/** CloudEvents 1.0: attributes in `ce-` headers (binary mode) or around `data` (structured, one or a batch). */
export const cloudevents: BuiltInDialect = {
  name: 'cloudevents',
  match: ({ headers, body }) =>
    header(headers, 'ce-specversion') !== undefined ||
    /^application\/cloudevents(?:-batch)?\b/i.test(header(headers, 'content-type') ?? '') ||
    isEvent(body) ||
    isEvent(own(body, 0)),
  mismatch: () => 'there is no header ce-specversion, and no specversion and source in the body',
  extract(request) {
    const { headers, body } = request;
    if (header(headers, 'ce-specversion') !== undefined) {
      return [describe(request, body, '', (name) => header(headers, `ce-${name}`))];
    }
    const events: unknown[] = Array.isArray(body) ? body : [body];
    return events.map((event) => describe(request, own(event, 'data'), 'data.', (name) => own(event, name)));
  },
};

function isEvent(body: unknown): boolean {
  return typeof own(body, 'specversion') === 'string' && typeof own(body, 'source') === 'string';
}

/** The usual names in the data; without a contact there, the event's subject if its type is about a person. */
function describe(
  request: WebhookRequest,
  data: unknown,
  prefix: string,
  attribute: (name: string) => unknown,
): WebhookMessage {
  const inner = genericMessage(request, data);
  const type = textOf(attribute('type'));
  const subject = ABOUT_A_PERSON.test(type ?? '') ? idOf(attribute('subject')) : undefined;
  const messageId = idOf(attribute('id'));
  const places = Object.entries(inner.reason ?? {}).map(([field, place]) => [field, prefix + place]);
  return compact({
    ...inner,
    contactId: inner.contactId ?? subject,
    messageId,
    type,
    direction: inner.direction ?? ('inbound' as const),
    reason: {
      ...(subject === undefined ? {} : { contactId: 'subject' }),
      ...(Object.fromEntries(places) as WebhookMessage['reason']),
      ...(messageId === undefined ? {} : { messageId: 'id' }),
      ...(type === undefined ? {} : { type: 'type' }),
    },
  });
}
