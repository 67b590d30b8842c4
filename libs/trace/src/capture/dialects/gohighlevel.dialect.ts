import type { Dialect } from './dialect.js';
import { at, compact, firstAt, header, idOf, textOf, type FieldPath } from './fields.js';
import { directionOf } from './generic.dialect.js';

const CONTACT: FieldPath[] = [
  ['contactId'],
  ['contact_id'],
  ['contact', 'id'],
  ['contact', 'contactId'],
  ['customData', 'contactId'],
  ['customData', 'contact_id'],
];

/** Taken only where every id is missing or an unreplaced `{{contact.id}}`: several contacts may share a phone. */
const PHONE: FieldPath[] = [['phone'], ['contact', 'phone'], ['customData', 'phone']];

/** App webhooks say `body`; workflow webhooks say what their author chose, most often `message` in one of two shapes. */
const MESSAGE: FieldPath[] = [
  ['body'],
  ['message'],
  ['message', 'body'],
  ['messageBody'],
  ['message_body'],
  ['customData', 'message'],
  ['customData', 'body'],
  ['customData', 'messageBody'],
];

const MESSAGE_ID: FieldPath[] = [['messageId'], ['message', 'id'], ['message', 'messageId'], ['emailMessageId']];

/** HighLevel (LeadConnector): webhooks of apps, which are signed and flat, and of workflows, which are neither. */
export const gohighlevel: Dialect = {
  name: 'gohighlevel',
  match({ headers, body }) {
    if (typeof body !== 'object' || body === null) return false;
    if (header(headers, 'x-wh-signature') !== undefined || header(headers, 'x-ghl-signature') !== undefined)
      return true;
    if (at(body, 'locationId') !== undefined || at(body, 'customData') !== undefined) return true;
    // A workflow names its location and itself.
    return at(body, 'location', 'id') !== undefined || at(body, 'workflow', 'id') !== undefined;
  },
  extract({ body }) {
    return [
      compact({
        contactId: firstAt(body, CONTACT, idOf) ?? firstAt(body, PHONE, idOf),
        message: firstAt(body, MESSAGE, textOf),
        messageId: firstAt(body, MESSAGE_ID, idOf),
        type: typeOf(body),
        direction:
          firstAt(body, [['direction'], ['message', 'direction'], ['customData', 'direction']], directionOf) ??
          byType(body),
      }),
    ];
  },
};

/** An app webhook's event (`InboundMessage`); a workflow sends its channel's number instead, which says nothing here. */
function typeOf(body: unknown): string | undefined {
  const type = at(body, 'type');
  return typeof type === 'string' ? textOf(type) : undefined;
}

function byType(body: unknown): 'inbound' | 'outbound' | undefined {
  const type = typeOf(body);
  if (type === 'InboundMessage') return 'inbound';
  return type === 'OutboundMessage' ? 'outbound' : undefined;
}
