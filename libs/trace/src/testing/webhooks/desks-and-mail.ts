import { form, json, nextId, nextNumber, seconds, sha256 } from './webhook-request.js';
import type { BuiltWebhook, WebhookParts } from './webhook-request.js';

/** Parts of a Chatwoot webhook; all are optional. */
export interface ChatwootParts extends WebhookParts {
  /** Default: `incoming`. */
  messageType?: 'incoming' | 'outgoing';
  /** A note among agents, which the contact never sees. */
  private?: boolean;
}

/** Chatwoot: a new message of a conversation. Ids are numbers there: `contactId` and `messageId` are their digits. */
export function chatwoot(parts: ChatwootParts = {}): BuiltWebhook {
  const { contactId = '1000001', message = 'Hola', messageId = String(nextNumber()), extra } = parts;
  const { messageType = 'incoming' } = parts;
  const contact = { id: numeric('contactId', contactId), type: 'contact' };
  const fields = {
    event: 'message_created',
    id: numeric('messageId', messageId),
    content: message,
    message_type: messageType,
    private: parts.private ?? false,
    sender: messageType === 'incoming' ? contact : { id: 9, type: 'user' },
    conversation: { id: 3, meta: { sender: contact } },
    account: { id: 1 },
  };
  return json({ ...fields, ...extra }, () => ({}));
}

function numeric(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number !== 0) return number;
  throw new TypeError(`webhooks.chatwoot: ${name} is ${JSON.stringify(text)}; Chatwoot's ids are whole numbers`);
}

/** Intercom: a new conversation of a contact. */
export function intercom(parts: WebhookParts = {}): BuiltWebhook {
  const { contactId = 'contact-1', message = 'Hola', messageId = nextId(), extra } = parts;
  const source = { id: messageId, body: `<p>${message}</p>`, author: { type: 'user', id: contactId } };
  const item = { type: 'conversation', id: '1', contacts: { contacts: [{ id: contactId }] }, source };
  const fields = { type: 'notification_event', topic: 'conversation.user.created', id: nextId(), data: { item } };
  return json({ ...fields, ...extra }, () => ({}));
}

/** Zendesk Sunshine Conversations: one text message of a user. `secret` is the key that it sends along. */
export function sunshine(parts: WebhookParts = {}): BuiltWebhook {
  const { contactId = 'user-1', message = 'Hola', messageId = nextId(), extra, secret = 'none' } = parts;
  const author = { type: 'user', userId: contactId };
  const payload = {
    conversation: { id: '1' },
    message: { id: messageId, author, content: { type: 'text', text: message } },
  };
  const events = [{ id: nextId(), type: 'conversation:message', payload }];
  return json({ app: { id: '1' }, webhook: { id: '1', version: 'v2' }, events, ...extra }, () => ({
    'x-api-key': secret,
  }));
}

/** ManyChat: an external request with the data of the contact and the last message. */
export function manychat(parts: WebhookParts = {}): BuiltWebhook {
  const { contactId = '1000001', message = 'Hola', messageId = nextId(), extra } = parts;
  const fields = { subscriber_id: contactId, page_id: '1', last_input_text: message, message_id: messageId };
  return json({ ...fields, ...extra }, () => ({}));
}

/** Mailgun: a mail that came in, as a form. The contact is its sender's address. */
export function mailgun(parts: WebhookParts = {}): BuiltWebhook {
  const { contactId = 'contact-1@example.com', message = 'Hola', messageId = nextId(), secret, at } = parts;
  const [timestamp, token] = [String(seconds(at)), '0'.repeat(50)];
  const fields = {
    recipient: 'desk@example.com',
    sender: contactId,
    from: `Contact <${contactId}>`,
    subject: 'Hola',
    'body-plain': message,
    'Message-Id': `<${messageId}>`,
    timestamp,
    token,
    signature: sha256(secret, timestamp + token),
    ...parts.extra,
  };
  return form(fields, () => ({}));
}

/** Postmark: a mail that came in. The contact is its sender's address. */
export function postmark(parts: WebhookParts = {}): BuiltWebhook {
  const { contactId = 'contact-1@example.com', message = 'Hola', messageId = nextId(), extra } = parts;
  const fields = {
    From: contactId,
    FromFull: { Email: contactId, Name: 'Contact' },
    To: 'desk@example.com',
    Subject: 'Hola',
    MessageID: messageId,
    TextBody: message,
  };
  return json({ ...fields, ...extra }, () => ({}));
}

/** Amazon SNS: `{ contactId, body }` in its envelope, sent as `text/plain` as SNS does. */
export function sns(parts: WebhookParts = {}): BuiltWebhook {
  const { contactId = 'contact-1', message = 'Hola', messageId = nextId(), extra, at } = parts;
  const fields = {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: 'arn:aws:sns:eu-west-1:000000000000:messages',
    Message: JSON.stringify({ contactId, body: message }),
    Timestamp: (at ?? new Date()).toISOString(),
  };
  return json({ ...fields, ...extra }, () => ({
    'content-type': 'text/plain; charset=UTF-8',
    'x-amz-sns-message-type': 'Notification',
  }));
}
