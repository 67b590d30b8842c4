import type { Dialect, WebhookMessage } from './dialect.js';
import { at, compact, firstAt, idOf, listAt, textOf, type FieldPath } from './fields.js';

/** What a person wrote or pressed, by the kinds of message that carry text. */
const TEXT: FieldPath[] = [
  ['text', 'body'],
  ['button', 'text'],
  ['interactive', 'button_reply', 'title'],
  ['interactive', 'list_reply', 'title'],
  ['interactive', 'nfm_reply', 'body'],
  ['image', 'caption'],
  ['video', 'caption'],
  ['document', 'caption'],
  ['reaction', 'emoji'],
  ['location', 'name'],
];

/** WhatsApp Cloud API: one POST may hold messages of several people, or only notices about messages sent. */
export const whatsappCloud: Dialect = {
  name: 'whatsapp-cloud',
  match: ({ body }) => at(body, 'object') === 'whatsapp_business_account',
  extract({ body }) {
    const values = listAt(body, 'entry')
      .flatMap((entry) => listAt(entry, 'changes'))
      .map((change) => at(change, 'value'));
    const messages = values.flatMap((value) => listAt(value, 'messages').map((message) => incoming(message, value)));
    return messages.length > 0 ? messages : values.flatMap((value) => listAt(value, 'statuses').map(notice));
  },
};

function incoming(message: unknown, value: unknown): WebhookMessage {
  return compact({
    // Some accounts leave `from` out of system messages; the contact is named beside the list then.
    contactId: idOf(at(message, 'from')) ?? idOf(at(value, 'contacts', 0, 'wa_id')),
    message: firstAt(message, TEXT, textOf),
    messageId: idOf(at(message, 'id')),
    type: textOf(at(message, 'type')) ?? 'message',
    direction: 'inbound' as const,
  });
}

/** Sent, delivered, read: no conversation, but it concerns somebody. */
function notice(status: unknown): WebhookMessage {
  return compact({
    contactId: idOf(at(status, 'recipient_id')),
    messageId: idOf(at(status, 'id')),
    type: 'status',
    direction: 'outbound' as const,
  });
}
