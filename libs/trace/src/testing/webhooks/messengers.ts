import { createHmac } from 'node:crypto';
import { form, json, nextId, nextNumber, seconds, sha256 } from './webhook-request.js';
import type { BuiltWebhook, WebhookParts } from './webhook-request.js';

/** Parts of a WhatsApp Cloud webhook; all are optional. */
export interface WhatsappParts extends WebhookParts {
  /** Further messages of the same POST, of the same or other people. */
  more?: { contactId: string; message: string; messageId?: string }[];
  /** A notice about a message that was sent, in place of messages. */
  status?: 'sent' | 'delivered' | 'read' | 'failed';
}

/** WhatsApp Cloud API. */
export function whatsappCloud(parts: WhatsappParts = {}): BuiltWebhook {
  const { contactId = '34600000001', message = 'Hola', messageId, more = [], status, extra, secret, at } = parts;
  const timestamp = String(seconds(at));
  const all = [{ contactId, message, messageId }, ...more];
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '34910000000', phone_number_id: '106540352242922' },
    ...(status === undefined
      ? {
          contacts: all.map((one) => ({ profile: { name: `Contact ${one.contactId}` }, wa_id: one.contactId })),
          messages: all.map((one) => ({
            from: one.contactId,
            id: one.messageId ?? `wamid.${nextId()}`,
            timestamp,
            type: 'text',
            text: { body: one.message },
          })),
        }
      : { statuses: [{ id: messageId ?? `wamid.${nextId()}`, status, timestamp, recipient_id: contactId }] }),
  };
  const entry = [{ id: '102290129340398', changes: [{ field: 'messages', value }] }];
  return json({ object: 'whatsapp_business_account', entry, ...extra }, (body) => ({
    'x-hub-signature-256': `sha256=${sha256(secret, body)}`,
  }));
}

/** Parts of a Telegram update; all are optional. */
export interface TelegramParts extends WebhookParts {
  /** A pressed button, in place of a message; `message` is its data. */
  callback?: boolean;
}

/** Telegram Bot API. Ids are numbers there: `contactId` and `messageId` are their digits. */
export function telegram(parts: TelegramParts = {}): BuiltWebhook {
  const { contactId = '1000001', message = 'Hola', messageId, callback = false, extra, secret, at } = parts;
  const from = { id: numeric('contactId', contactId), is_bot: false, first_name: 'Contact' };
  const update_id = nextNumber();
  const written = {
    message_id: messageId === undefined || callback ? nextNumber() : numeric('messageId', messageId),
    from,
    chat: { id: from.id, type: 'private' },
    date: seconds(at),
    text: message,
  };
  const pressed = { id: messageId ?? String(nextNumber()), from, data: message, message: written };
  const sign = (): Record<string, string> =>
    secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret };
  return json({ update_id, ...(callback ? { callback_query: pressed } : { message: written }), ...extra }, sign);
}

/** Parts of a Twilio webhook; all are optional. */
export interface TwilioParts extends WebhookParts {
  /** Default: `sms`; `whatsapp` writes the addresses as Twilio does for that. */
  channel?: 'sms' | 'whatsapp';
  /** A notice about a message that was sent to the contact, in place of one from them. */
  status?: 'sent' | 'delivered' | 'undelivered' | 'failed';
  /** The whole address the request goes to; Twilio's signature is over that too. */
  url?: string;
}

/** Twilio messaging: a form. */
export function twilio(parts: TwilioParts = {}): BuiltWebhook {
  const { contactId = '+34600000001', message = 'Hola', messageId, channel = 'sms', status, url = '' } = parts;
  const address = (number: string): string => (channel === 'sms' ? number : `${channel}:${number}`);
  const [contact, ours] = [address(contactId), address('+34910000000')];
  const sid = messageId ?? `SM${String(nextNumber()).padStart(32, '0')}`;
  const fields = {
    AccountSid: `AC${'0'.repeat(32)}`,
    MessageSid: sid,
    ...(status === undefined
      ? { SmsStatus: 'received', From: contact, To: ours, Body: message, NumMedia: 0 }
      : { MessageStatus: status, From: ours, To: contact }),
    ...parts.extra,
  };
  return form(fields, (_body, sent) => ({ 'x-twilio-signature': twilioSignature(parts.secret, url, sent) }));
}

/** Over the address and every field by name, as Twilio's validators do it. */
function twilioSignature(secret: string | undefined, url: string, fields: Record<string, string>): string {
  if (secret === undefined) return Buffer.alloc(20).toString('base64');
  const text = Object.keys(fields)
    .sort()
    .reduce((all, name) => all + name + fields[name], url);
  return createHmac('sha1', secret).update(text).digest('base64');
}

/** Parts of a Slack webhook; all are optional. */
export interface SlackParts extends WebhookParts {
  /** A slash command such as `/lead`; `message` is what follows it. A form. */
  command?: string;
  /** The question Slack asks when an address is registered, in place of a message. */
  challenge?: string;
}

/**
 * Slack: a message event, a slash command or a challenge. A message's id is its channel and time, `D0000001:1705761022.000100`;
 * another text given as `messageId` gives a time of its own, the same each time.
 */
export function slack(parts: SlackParts = {}): BuiltWebhook {
  const { contactId = 'U0000001', message = 'Hola', messageId, command, challenge, extra, secret, at } = parts;
  const timestamp = seconds(at);
  const sign = (body: string): Record<string, string> => ({
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': `v0=${sha256(secret, `v0:${timestamp}:${body}`)}`,
  });
  if (challenge !== undefined) return json({ type: 'url_verification', token: 'none', challenge, ...extra }, sign);
  const id = messageId ?? nextId();
  if (command !== undefined)
    return form({ command, text: message, user_id: contactId, team_id: 'T0000001', trigger_id: id, ...extra }, sign);
  const [channel = '', ts = ''] = /^[A-Z0-9]+:\d+\.\d+$/.test(id) ? id.split(':') : ['D0000001', timeOf(id)];
  const event = { type: 'message', user: contactId, text: message, client_msg_id: id, channel, channel_type: 'im', ts };
  return json(
    { type: 'event_callback', team_id: 'T0000001', event_id: `Ev-${id}`, event_time: timestamp, event, ...extra },
    sign,
  );
}

/** A time of Slack's form for a text: two texts share one in a million million cases. */
function timeOf(id: string): string {
  const digits = BigInt(`0x${sha256('ts', id).slice(0, 16)}`)
    .toString()
    .padStart(16, '0')
    .slice(-16);
  return `1${digits.slice(0, 9)}.${digits.slice(9, 15)}`;
}

function numeric(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number !== 0) return number;
  throw new TypeError(`webhooks.telegram: ${name} is ${JSON.stringify(text)}; Telegram's ids are whole numbers`);
}
