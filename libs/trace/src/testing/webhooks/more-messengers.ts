import { createHmac } from 'node:crypto';
import { json, nextId, seconds, sha256 } from './webhook-request.js';
import type { BuiltWebhook, WebhookParts } from './webhook-request.js';

/** Parts of a Messenger or Instagram webhook; all are optional. */
export interface MetaParts extends WebhookParts {
  /** A message that the page sent to the contact, as it comes back to the page. */
  echo?: boolean;
}

/** Messenger: one text message to a page. */
export function messenger(parts: MetaParts = {}): BuiltWebhook {
  return meta('page', parts);
}

/** Instagram: one direct message. */
export function instagram(parts: MetaParts = {}): BuiltWebhook {
  return meta('instagram', parts);
}

function meta(object: string, parts: MetaParts): BuiltWebhook {
  const { contactId = '7000000001', message = 'Hola', messageId = nextId(), echo = false, extra, secret, at } = parts;
  const [contact, page] = [{ id: contactId }, { id: '900000001' }];
  const timestamp = seconds(at) * 1000;
  const messaging = {
    sender: echo ? page : contact,
    recipient: echo ? contact : page,
    timestamp,
    message: { mid: messageId, text: message, ...(echo ? { is_echo: true } : {}) },
  };
  return json({ object, entry: [{ id: page.id, time: timestamp, messaging: [messaging] }], ...extra }, (body) => ({
    'x-hub-signature-256': `sha256=${sha256(secret, body)}`,
  }));
}

/** Parts of a LINE webhook; all are optional. */
export interface LineParts extends WebhookParts {
  /** The group in which the contact writes. Default: none, a chat of two. */
  groupId?: string;
}

/** LINE Messaging API: one text message. */
export function line(parts: LineParts = {}): BuiltWebhook {
  const { contactId = 'U0000001', message = 'Hola', messageId = nextId(), groupId, extra, secret, at } = parts;
  const source =
    groupId === undefined ? { type: 'user', userId: contactId } : { type: 'group', groupId, userId: contactId };
  const event = {
    type: 'message',
    mode: 'active',
    timestamp: seconds(at) * 1000,
    source,
    webhookEventId: `event-${messageId}`,
    deliveryContext: { isRedelivery: false },
    replyToken: 'none',
    message: { id: messageId, type: 'text', text: message },
  };
  return json({ destination: 'U9000000', events: [event], ...extra }, (body) => ({
    'x-line-signature':
      secret === undefined
        ? Buffer.alloc(32).toString('base64')
        : createHmac('sha256', secret).update(body).digest('base64'),
  }));
}

/** Parts of a webhook of a WhatsApp Web gateway; all are optional. */
export interface WhatsappWebParts extends WebhookParts {
  /** A message of ours, as it comes back. */
  fromMe?: boolean;
}

/** Evolution API: one text message. It signs nothing. */
export function evolution(parts: WhatsappWebParts = {}): BuiltWebhook {
  const { contactId = '34600000001', message = 'Hola', messageId = nextId(), fromMe = false, extra, at } = parts;
  const data = {
    key: { remoteJid: `${contactId}@s.whatsapp.net`, fromMe, id: messageId },
    message: { conversation: message },
    messageType: 'conversation',
    messageTimestamp: seconds(at),
  };
  const ours = {
    instance: 'main',
    sender: '34910000000@s.whatsapp.net',
    server_url: 'http://localhost',
    apikey: 'none',
  };
  return json({ event: 'messages.upsert', ...ours, data, ...extra }, () => ({}));
}

/** GREEN-API: one text message. It signs nothing. */
export function greenApi(parts: WhatsappWebParts = {}): BuiltWebhook {
  const { contactId = '34600000001', message = 'Hola', messageId = nextId(), fromMe = false, extra, at } = parts;
  const [chatId, wid] = [`${contactId}@c.us`, '34910000000@c.us'];
  const fields = {
    typeWebhook: fromMe ? 'outgoingAPIMessageReceived' : 'incomingMessageReceived',
    instanceData: { idInstance: 1, wid, typeInstance: 'whatsapp' },
    timestamp: seconds(at),
    idMessage: messageId,
    senderData: { chatId, sender: fromMe ? wid : chatId },
    messageData: { typeMessage: 'textMessage', textMessageData: { textMessage: message } },
  };
  return json({ ...fields, ...extra }, () => ({}));
}

/** 360dialog's own API: one text message. It signs nothing. */
export function dialog360(parts: WebhookParts = {}): BuiltWebhook {
  const { contactId = '34600000001', message = 'Hola', messageId = nextId(), extra, at } = parts;
  const written = {
    from: contactId,
    id: messageId,
    timestamp: String(seconds(at)),
    type: 'text',
    text: { body: message },
  };
  return json({ contacts: [{ wa_id: contactId }], messages: [written], ...extra }, () => ({}));
}

/** Telnyx: one SMS. Its signature is made with Telnyx's own private key, so `secret` means nothing here. */
export function telnyx(parts: WebhookParts = {}): BuiltWebhook {
  const { contactId = '+34600000001', message = 'Hola', messageId = nextId(), extra } = parts;
  const payload = {
    id: messageId,
    direction: 'inbound',
    type: 'SMS',
    from: { phone_number: contactId },
    to: [{ phone_number: '+34910000000' }],
    text: message,
  };
  const data = { record_type: 'event', event_type: 'message.received', id: `event-${messageId}`, payload };
  return json({ data, ...extra }, () => ({}));
}
