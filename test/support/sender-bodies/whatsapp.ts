import { ANA, BEA, OURS, row, type SenderBody, type Wanted } from './sender-body.js';

const post = (value: object, field = 'messages') => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: 'waba',
      changes: [
        {
          field,
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: OURS.number, phone_number_id: 'pn' },
            ...value,
          },
        },
      ],
    },
  ],
});
const contacts = [{ profile: { name: 'Ana' }, wa_id: ANA }];
const sent = (message: object) =>
  post({ contacts, messages: [{ from: ANA, id: 'wamid.1', timestamp: '1', ...message }] });
const kind = (name: string, message: object, want: Wanted): SenderBody =>
  row(`WhatsApp: ${name}`, 'whatsapp-cloud', sent(message), { contact: ANA, way: 'inbound', id: 'wamid.1', ...want });
const status = (fields: object) =>
  post({ statuses: [{ id: 'wamid.9', timestamp: '1', recipient_id: ANA, ...fields }] });

export const WHATSAPP: SenderBody[] = [
  kind('text', { type: 'text', text: { body: 'Hola' } }, { text: 'Hola', kind: 'text', type: 'text' }),
  kind('voice', { type: 'audio', audio: { id: 'm', voice: true } }, { text: '[voice note]', kind: 'voice' }),
  kind('audio', { type: 'audio', audio: { id: 'm' } }, { text: '[audio]', kind: 'audio' }),
  kind('image', { type: 'image', image: { id: 'm' } }, { text: '[image]', kind: 'image' }),
  kind('image, caption', { type: 'image', image: { caption: 'mi casa' } }, { text: '[image] mi casa', kind: 'image' }),
  kind('video', { type: 'video', video: { id: 'm' } }, { text: '[video]', kind: 'video' }),
  kind(
    'document',
    { type: 'document', document: { filename: 'cv.pdf' } },
    { text: '[document] cv.pdf', kind: 'document' },
  ),
  kind(
    'document, caption',
    { type: 'document', document: { filename: 'cv.pdf', caption: 'mi cv' } },
    { text: '[document] cv.pdf: mi cv', kind: 'document' },
  ),
  kind('sticker', { type: 'sticker', sticker: { id: 'm' } }, { text: '[sticker]', kind: 'sticker' }),
  kind(
    'location',
    { type: 'location', location: { latitude: 1, longitude: 2, name: 'Café' } },
    { text: '[location] Café', kind: 'location' },
  ),
  kind(
    'location, no name',
    { type: 'location', location: { latitude: 1, longitude: 2 } },
    { text: '[location]', kind: 'location' },
  ),
  kind(
    'contacts',
    { type: 'contacts', contacts: [{ name: { formatted_name: 'Bea' }, phones: [{ wa_id: BEA }] }] },
    { text: '[contact] Bea', kind: 'contacts' },
  ),
  kind(
    'reaction',
    { type: 'reaction', reaction: { message_id: 'wamid.0', emoji: '👍' } },
    { text: '[reaction] 👍', kind: 'reaction' },
  ),
  kind(
    'reaction removed',
    { type: 'reaction', reaction: { message_id: 'wamid.0' } },
    { text: '[reaction] removed', kind: 'reaction' },
  ),
  kind('template button', { type: 'button', button: { text: 'Sí', payload: 'YES' } }, { text: 'Sí', kind: 'button' }),
  kind(
    'reply button',
    { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: '1', title: 'Sí' } } },
    { text: 'Sí', kind: 'button' },
  ),
  kind(
    'list',
    { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: '1', title: 'Lunes' } } },
    { text: 'Lunes', kind: 'list' },
  ),
  kind(
    'flow',
    { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { body: 'Sent', response_json: '{}' } } },
    { text: '[form] Sent', kind: 'form' },
  ),
  kind(
    'order',
    { type: 'order', order: { catalog_id: 'c', text: 'para hoy', product_items: [{}] } },
    { text: '[order] para hoy', kind: 'order' },
  ),
  kind(
    'unsupported',
    { type: 'unsupported', errors: [{ code: 131051, title: 'Message type unknown' }] },
    { text: '[unsupported message]', kind: 'unsupported' },
  ),
  kind('system', { type: 'system', system: { body: 'Ana changed', type: 'user_changed_number' } }, { type: 'system' }),
  row(
    'WhatsApp: an edit',
    'whatsapp-cloud',
    sent({
      id: 'wamid.2',
      type: 'edit',
      edit: { original_message_id: 'wamid.1', message: { type: 'text', text: { body: 'Hola!' } } },
    }),
    { contact: ANA, text: 'Hola!', kind: 'text', way: 'inbound', id: 'wamid.1', edited: true },
  ),
  row(
    'WhatsApp: a deleted message',
    'whatsapp-cloud',
    sent({ id: 'wamid.2', type: 'revoke', revoke: { original_message_id: 'wamid.1' } }),
    { contact: ANA, way: 'inbound', id: 'wamid.1', type: 'revoke' },
  ),
  row(
    'WhatsApp: a business-scoped user id',
    'whatsapp-cloud',
    post({
      contacts: [{ profile: { username: 'ana' }, user_id: 'MX.1' }],
      messages: [{ from_user_id: 'MX.1', id: 'wamid.1', type: 'text', text: { body: 'Hola' } }],
    }),
    { contact: 'MX.1', text: 'Hola', kind: 'text', way: 'inbound', id: 'wamid.1' },
  ),
  row(
    'WhatsApp: two people in one POST',
    'whatsapp-cloud',
    post({
      messages: [
        { from: ANA, id: 'wamid.1', type: 'text', text: { body: 'Hola' } },
        { from: BEA, id: 'wamid.2', type: 'text', text: { body: 'Buenas' } },
      ],
    }),
    { contact: ANA, text: 'Hola', kind: 'text', way: 'inbound', id: 'wamid.1' },
    { contact: BEA, text: 'Buenas', kind: 'text', way: 'inbound', id: 'wamid.2' },
  ),
  row(
    "WhatsApp: echo of the business's telephone",
    'whatsapp-cloud',
    post(
      { message_echoes: [{ from: OURS.number, to: ANA, id: 'w3', type: 'text', text: { body: 'desde la app' } }] },
      'smb_message_echoes',
    ),
    { contact: ANA, text: 'desde la app', kind: 'text', way: 'outbound', id: 'w3' },
  ),
  row(
    'WhatsApp: history',
    'whatsapp-cloud',
    post({ history: [{ threads: [{ id: ANA, messages: [{ from: OURS.number, id: 'h1' }] }] }] }, 'history'),
    { contact: ANA, type: 'history' },
  ),
  row('WhatsApp: delivered', 'whatsapp-cloud', status({ status: 'delivered' }), {
    contact: ANA,
    way: 'outbound',
    id: 'wamid.9',
    type: 'status',
  }),
  row(
    'WhatsApp: failed',
    'whatsapp-cloud',
    status({ status: 'failed', errors: [{ code: 131047, title: 'Re-engagement message' }] }),
    {
      contact: ANA,
      way: 'outbound',
      id: 'wamid.9',
      notices: [
        { status: 'failed', code: '131047', reason: 'Re-engagement message', message_id: 'wamid.9', contact: ANA },
      ],
    },
  ),
  row(
    'WhatsApp: a call',
    'whatsapp-cloud',
    post(
      { calls: [{ id: 'wacid.1', from: ANA, to: OURS.number, event: 'connect', direction: 'USER_INITIATED' }] },
      'calls',
    ),
    { contact: ANA, way: 'inbound', id: 'wacid.1', type: 'call' },
  ),
  row('WhatsApp: a template was rejected', 'whatsapp-cloud', post({ event: 'REJECTED', message_template_name: 't' })),
  row(
    '360dialog: text',
    '360dialog',
    { contacts, messages: [{ from: ANA, id: 'ABG', timestamp: '1', type: 'text', text: { body: 'Hola' } }] },
    { contact: ANA, text: 'Hola', kind: 'text', way: 'inbound', id: 'ABG' },
  ),
  row(
    '360dialog: voice',
    '360dialog',
    { contacts, messages: [{ from: ANA, id: 'ABG', timestamp: '1', type: 'voice', voice: { id: 'm' } }] },
    { contact: ANA, text: '[voice note]', kind: 'voice', way: 'inbound', id: 'ABG' },
  ),
  row(
    '360dialog: failed',
    '360dialog',
    {
      statuses: [
        { id: 'gBE', recipient_id: ANA, status: 'failed', errors: [{ code: 470, title: 'Outside the window' }] },
      ],
    },
    {
      contact: ANA,
      way: 'outbound',
      id: 'gBE',
      notices: [{ status: 'failed', code: '470', reason: 'Outside the window', message_id: 'gBE', contact: ANA }],
    },
  ),
];

const evolution = (event: string, data: unknown) => ({
  event,
  instance: 'shop',
  data,
  sender: OURS.jid,
  server_url: 'https://evolution.example',
  apikey: 'x',
});
const key = (more: object = {}) => ({ remoteJid: `${ANA}@s.whatsapp.net`, fromMe: false, id: '3EB0', ...more });
const web = { contact: ANA, way: 'inbound', id: '3EB0' } as const;

export const WHATSAPP_WEB: SenderBody[] = [
  row(
    'Evolution: text',
    'evolution',
    evolution('messages.upsert', {
      key: key(),
      pushName: 'Ana',
      message: { conversation: 'Hola' },
      messageType: 'conversation',
    }),
    { ...web, text: 'Hola', kind: 'text' },
  ),
  row(
    'Evolution: text with a quote',
    'evolution',
    evolution('messages.upsert', { key: key(), message: { extendedTextMessage: { text: 'Hola' } } }),
    { ...web, text: 'Hola', kind: 'text' },
  ),
  row(
    'Evolution: voice',
    'evolution',
    evolution('messages.upsert', { key: key(), message: { audioMessage: { ptt: true } } }),
    { ...web, text: '[voice note]', kind: 'voice' },
  ),
  row(
    'Evolution: image',
    'evolution',
    evolution('messages.upsert', { key: key(), message: { imageMessage: { caption: 'mira' } } }),
    { ...web, text: '[image] mira', kind: 'image' },
  ),
  row(
    'Evolution: an anonymous id and the number beside it',
    'evolution',
    evolution('messages.upsert', {
      key: key({ remoteJid: '99@lid', senderPn: `${ANA}@s.whatsapp.net` }),
      message: { conversation: 'Hola' },
    }),
    { ...web, text: 'Hola', kind: 'text' },
  ),
  row(
    'Evolution: in a group the participant writes',
    'evolution',
    evolution('messages.upsert', {
      key: key({ remoteJid: '120363@g.us', participant: `${ANA}:3@s.whatsapp.net` }),
      message: { conversation: 'Hola' },
    }),
    { ...web, text: 'Hola', kind: 'text' },
  ),
  row(
    'Evolution: a group and no participant',
    'evolution',
    evolution('messages.upsert', { key: key({ remoteJid: '120363@g.us' }), message: { conversation: 'Hola' } }),
    { ...web, contact: undefined, text: 'Hola', kind: 'text' },
  ),
  row(
    'Evolution: what we sent',
    'evolution',
    evolution('messages.upsert', { key: key({ fromMe: true }), message: { conversation: 'Te esperamos' } }),
    { ...web, text: 'Te esperamos', kind: 'text', way: 'outbound' },
  ),
  row(
    'Evolution: sent by its API',
    'evolution',
    evolution('send.message', { key: key({ fromMe: true }), message: { conversation: 'Te esperamos' } }),
    {
      ...web,
      text: 'Te esperamos',
      kind: 'text',
      way: 'outbound',
    },
  ),
  row(
    'Evolution: a status',
    'evolution',
    evolution('messages.update', { keyId: '3EB0', remoteJid: `${ANA}@s.whatsapp.net`, fromMe: true, status: 'READ' }),
    {
      ...web,
      way: 'outbound',
      type: 'status',
    },
  ),
  row(
    'Evolution: a failed status',
    'evolution',
    evolution('messages.update', { keyId: '3EB0', remoteJid: `${ANA}@s.whatsapp.net`, status: 'ERROR' }),
    {
      ...web,
      way: 'outbound',
      notices: [{ status: 'failed', message_id: '3EB0', contact: ANA }],
    },
  ),
  row(
    'Evolution: the connection',
    'evolution',
    evolution('connection.update', { instance: 'shop', wuid: OURS.jid, state: 'open' }),
    {
      type: 'connection.update',
    },
  ),
  row(
    'GREEN-API: text',
    'green-api',
    green('incomingMessageReceived', { typeMessage: 'textMessage', textMessageData: { textMessage: 'Hola' } }),
    {
      ...web,
      text: 'Hola',
      kind: 'text',
    },
  ),
  row(
    'GREEN-API: a file',
    'green-api',
    green('incomingMessageReceived', { typeMessage: 'documentMessage', fileMessageData: { fileName: 'cv.pdf' } }),
    {
      ...web,
      text: '[document] cv.pdf',
      kind: 'document',
    },
  ),
  row(
    'GREEN-API: an edit',
    'green-api',
    green('incomingMessageReceived', {
      typeMessage: 'editedMessage',
      editedMessageData: { textMessage: 'Hola!', stanzaId: '3EB1' },
    }),
    { ...web, id: '3EB1', text: 'Hola!', kind: 'text', edited: true },
  ),
  row(
    'GREEN-API: what we sent',
    'green-api',
    green(
      'outgoingAPIMessageReceived',
      { typeMessage: 'extendedTextMessage', extendedTextMessageData: { text: 'Te esperamos' } },
      `${OURS.number}@c.us`,
    ),
    { ...web, text: 'Te esperamos', kind: 'text', way: 'outbound' },
  ),
  row(
    'GREEN-API: a failed status',
    'green-api',
    {
      typeWebhook: 'outgoingMessageStatus',
      instanceData: { wid: `${OURS.number}@c.us` },
      chatId: `${ANA}@c.us`,
      idMessage: '3EB0',
      status: 'noAccount',
      description: 'no WhatsApp',
    },
    {
      ...web,
      way: 'outbound',
      notices: [{ status: 'noAccount', reason: 'no WhatsApp', message_id: '3EB0', contact: ANA }],
    },
  ),
  row(
    'GREEN-API: its own state',
    'green-api',
    { typeWebhook: 'stateInstanceChanged', instanceData: { wid: `${OURS.number}@c.us` }, stateInstance: 'authorized' },
    {
      type: 'stateInstanceChanged',
    },
  ),
];

function green(typeWebhook: string, messageData: object, sender = `${ANA}@c.us`): object {
  return {
    typeWebhook,
    instanceData: { idInstance: 1, wid: `${OURS.number}@c.us` },
    idMessage: '3EB0',
    senderData: { chatId: `${ANA}@c.us`, sender, senderName: 'Ana' },
    messageData,
  };
}
