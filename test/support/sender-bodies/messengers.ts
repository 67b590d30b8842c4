import { OURS, row, withHeaders, type SenderBody, type Wanted } from './sender-body.js';

const meta = (object: string, messaging: object, list = 'messaging') => ({
  object,
  entry: [
    {
      id: OURS.page,
      time: 1,
      [list]: [{ sender: { id: 'PSID1' }, recipient: { id: OURS.page }, timestamp: 1, ...messaging }],
    },
  ],
});
const psid = { contact: 'PSID1', way: 'inbound' } as const;
const mid = { ...psid, id: 'm1' };

const META: SenderBody[] = [
  row('Messenger: text', 'messenger', meta('page', { message: { mid: 'm1', text: 'Hola' } }), {
    ...mid,
    text: 'Hola',
    kind: 'text',
  }),
  row(
    'Messenger: image',
    'messenger',
    meta('page', { message: { mid: 'm1', attachments: [{ type: 'image', payload: { url: 'u' } }] } }),
    { ...mid, text: '[image]', kind: 'image' },
  ),
  row(
    'Messenger: sticker',
    'messenger',
    meta('page', { message: { mid: 'm1', attachments: [{ type: 'image', payload: { sticker_id: 369 } }] } }),
    { ...mid, text: '[sticker]', kind: 'sticker' },
  ),
  row(
    'Messenger: quick reply',
    'messenger',
    meta('page', { message: { mid: 'm1', text: 'Sí', quick_reply: { payload: 'YES' } } }),
    { ...mid, text: 'Sí', kind: 'button' },
  ),
  row(
    'Messenger: echo',
    'messenger',
    meta('page', {
      sender: { id: OURS.page },
      recipient: { id: 'PSID1' },
      message: { mid: 'm1', text: 'Te esperamos', is_echo: true, app_id: 1 },
    }),
    { ...mid, way: 'outbound', text: 'Te esperamos', kind: 'text' },
  ),
  row(
    'Messenger: echo without its flag',
    'messenger',
    meta('page', {
      sender: { id: OURS.page },
      recipient: { id: 'PSID1' },
      message: { mid: 'm1', text: 'Te esperamos' },
    }),
    { ...mid, way: 'outbound', text: 'Te esperamos', kind: 'text' },
  ),
  row(
    'Messenger: postback',
    'messenger',
    meta('page', { postback: { mid: 'm1', title: 'Empezar', payload: 'START' } }),
    { ...mid, text: 'Empezar', kind: 'button', type: 'postback' },
  ),
  row(
    'Messenger: reaction',
    'messenger',
    meta('page', { reaction: { mid: 'm1', action: 'react', reaction: 'love', emoji: '❤' } }),
    { ...mid, text: '[reaction] ❤', kind: 'reaction' },
  ),
  row('Messenger: read', 'messenger', meta('page', { read: { watermark: 1 } }), {
    contact: 'PSID1',
    way: 'outbound',
    type: 'read',
  }),
  row('Messenger: delivery', 'messenger', meta('page', { delivery: { mids: ['m1'], watermark: 1 } }), {
    ...mid,
    way: 'outbound',
    type: 'delivery',
  }),
  row('Messenger: standby', 'messenger', meta('page', { message: { mid: 'm1', text: 'Hola' } }, 'standby'), {
    ...mid,
    text: 'Hola',
    kind: 'text',
  }),
  row(
    'Messenger: a comment',
    'messenger',
    {
      object: 'page',
      entry: [
        {
          id: OURS.page,
          changes: [
            {
              field: 'feed',
              value: { from: { id: 'FB1', name: 'Ana' }, item: 'comment', comment_id: 'c1', message: '¿Precio?' },
            },
          ],
        },
      ],
    },
    { contact: 'FB1', way: 'inbound', id: 'c1', text: '¿Precio?', kind: 'text' },
  ),
  row(
    "Messenger: the page's own comment",
    'messenger',
    {
      object: 'page',
      entry: [
        {
          id: OURS.page,
          changes: [
            { field: 'feed', value: { from: { id: OURS.page }, item: 'comment', comment_id: 'c1', message: '100' } },
          ],
        },
      ],
    },
    { way: 'outbound', id: 'c1', type: 'feed' },
  ),
  row(
    'Messenger: a lead form',
    'messenger',
    {
      object: 'page',
      entry: [
        {
          id: OURS.page,
          changes: [{ field: 'leadgen', value: { leadgen_id: 'l1', page_id: OURS.page, form_id: 'f' } }],
        },
      ],
    },
    { way: 'inbound', id: 'l1', type: 'leadgen' },
  ),
  row('Instagram: text', 'instagram', meta('instagram', { message: { mid: 'm1', text: 'Hola' } }), {
    ...mid,
    text: 'Hola',
    kind: 'text',
  }),
  row(
    'Instagram: a story mention',
    'instagram',
    meta('instagram', { message: { mid: 'm1', attachments: [{ type: 'story_mention', payload: { url: 'u' } }] } }),
    { ...mid, text: '[story]', kind: 'story' },
  ),
  row(
    'Instagram: echo',
    'instagram',
    meta('instagram', {
      sender: { id: OURS.page },
      recipient: { id: 'PSID1' },
      message: { mid: 'm1', text: 'Te esperamos', is_echo: true },
    }),
    { ...mid, way: 'outbound', text: 'Te esperamos', kind: 'text' },
  ),
  row(
    'Instagram: an edit',
    'instagram',
    meta('instagram', { message_edit: { mid: 'm1', text: 'Hola!', num_edit: 1 } }),
    { ...mid, text: 'Hola!', kind: 'text', edited: true },
  ),
  row('Instagram: unsent', 'instagram', meta('instagram', { message: { mid: 'm1', is_deleted: true } }), {
    ...mid,
    type: 'message_deleted',
  }),
  row(
    'Instagram: a comment',
    'instagram',
    {
      object: 'instagram',
      entry: [
        {
          id: OURS.page,
          changes: [
            {
              field: 'comments',
              value: { id: 'c1', from: { id: 'IG1', username: 'ana' }, text: '¿Precio?', media: { id: 'm' } },
            },
          ],
        },
      ],
    },
    { contact: 'IG1', way: 'inbound', id: 'c1', text: '¿Precio?', kind: 'text' },
  ),
];

const line = (event: object) => ({
  destination: OURS.bot,
  events: [{ webhookEventId: 'E1', timestamp: 1, source: { type: 'user', userId: 'UL1' }, ...event }],
});
const written = (message: object) => line({ type: 'message', message: { id: '1', ...message } });
const ul = { contact: 'UL1', way: 'inbound', id: '1' } as const;

const LINE: SenderBody[] = [
  row('LINE: text', 'line', written({ type: 'text', text: 'Hola' }), { ...ul, text: 'Hola', kind: 'text' }),
  row('LINE: sticker', 'line', written({ type: 'sticker', packageId: '1' }), {
    ...ul,
    text: '[sticker]',
    kind: 'sticker',
  }),
  row('LINE: file', 'line', written({ type: 'file', fileName: 'cv.pdf' }), {
    ...ul,
    text: '[document] cv.pdf',
    kind: 'document',
  }),
  row(
    'LINE: in a group the user writes',
    'line',
    line({
      type: 'message',
      source: { type: 'group', groupId: 'G1', userId: 'UL1' },
      message: { id: '1', type: 'text', text: 'Hola' },
    }),
    { ...ul, text: 'Hola', kind: 'text' },
  ),
  row(
    'LINE: a group without its user',
    'line',
    line({
      type: 'message',
      source: { type: 'group', groupId: 'G1' },
      message: { id: '1', type: 'text', text: 'Hola' },
    }),
    { ...ul, contact: undefined, text: 'Hola', kind: 'text' },
  ),
  row('LINE: postback', 'line', line({ type: 'postback', postback: { data: 'a=1' } }), {
    ...ul,
    id: 'E1',
    text: 'a=1',
    kind: 'button',
  }),
  row('LINE: follow', 'line', line({ type: 'follow' }), { ...ul, id: 'E1', type: 'follow' }),
  row('LINE: the check of an address', 'line', { destination: OURS.bot, events: [] }),
];

const from = { id: 987654321, is_bot: false, first_name: 'Ana' };
const chat = { id: 987654321, type: 'private' };
const us = { id: 111, is_bot: true, first_name: 'Bot' };
const telegram = (kind: string, message: object) => ({
  update_id: 1,
  [kind]: { message_id: 42, from, chat, date: 1, ...message },
});
const tg = (name: string, message: object, want: Wanted, kind = 'message'): SenderBody =>
  row(`Telegram: ${name}`, 'telegram', telegram(kind, message), {
    contact: '987654321',
    way: 'inbound',
    id: '42',
    ...want,
  });

const TELEGRAM: SenderBody[] = [
  tg('text', { text: 'Hola' }, { text: 'Hola', kind: 'text' }),
  tg('voice', { voice: { file_id: 'f' } }, { text: '[voice note]', kind: 'voice' }),
  tg('photo, caption', { photo: [{}], caption: 'mira' }, { text: '[image] mira', kind: 'image' }),
  tg('document', { document: { file_name: 'cv.pdf' } }, { text: '[document] cv.pdf', kind: 'document' }),
  tg('sticker', { sticker: { emoji: '😀' } }, { text: '[sticker] 😀', kind: 'sticker' }),
  tg('location', { location: { latitude: 1, longitude: 2 } }, { text: '[location]', kind: 'location' }),
  tg(
    'contact',
    { contact: { phone_number: '+34600000002', first_name: 'Bea' } },
    { text: '[contact] Bea: +34600000002', kind: 'contacts' },
  ),
  tg('a member joined', { new_chat_members: [from] }, {}),
  tg('an edit', { text: 'Hola!', edit_date: 2 }, { text: 'Hola!', kind: 'text', edited: true }, 'edited_message'),
  tg(
    'in a group the person writes',
    { chat: { id: -100, type: 'supergroup' }, text: 'Hola' },
    { text: 'Hola', kind: 'text' },
  ),
  tg(
    "another bot's message in a group",
    { from: us, chat: { id: -100, type: 'supergroup' }, text: 'soy un bot' },
    { contact: undefined, way: 'outbound', text: 'soy un bot', kind: 'text' },
  ),
  tg(
    'a channel post',
    { from: undefined, chat: { id: -1001, type: 'channel' }, sender_chat: { id: -1001 }, text: 'Noticias' },
    { contact: '-1001', text: 'Noticias', kind: 'text' },
    'channel_post',
  ),
  tg(
    'a customer writes to a business',
    { business_connection_id: 'b', text: 'Hola' },
    { text: 'Hola', kind: 'text' },
    'business_message',
  ),
  tg(
    'the owner of the business writes',
    { business_connection_id: 'b', from: { id: 222, is_bot: false }, text: 'Te esperamos' },
    { way: 'outbound', text: 'Te esperamos', kind: 'text' },
    'business_message',
  ),
  row(
    'Telegram: a pressed button',
    'telegram',
    {
      update_id: 1,
      callback_query: { id: 'q1', from, data: 'yes', message: { message_id: 41, from: us, chat, text: '¿Sí?' } },
    },
    { contact: '987654321', way: 'inbound', id: 'q1', text: 'yes', kind: 'button' },
  ),
  row(
    'Telegram: inline query',
    'telegram',
    { update_id: 1, inline_query: { id: 'q1', from, query: 'casa' } },
    { contact: '987654321', way: 'inbound', id: 'q1', text: 'casa', kind: 'text' },
  ),
  row(
    'Telegram: reaction',
    'telegram',
    {
      update_id: 1,
      message_reaction: {
        chat,
        message_id: 41,
        user: from,
        new_reaction: [{ type: 'emoji', emoji: '👍' }],
        old_reaction: [],
      },
    },
    { contact: '987654321', way: 'inbound', id: '41', text: '[reaction] 👍', kind: 'reaction' },
  ),
  row(
    'Telegram: an account was connected',
    'telegram',
    { update_id: 1, business_connection: { id: 'b', user: { id: 222 }, user_chat_id: 222 } },
    { id: 'b', type: 'business_connection' },
  ),
  row(
    'Telegram: blocked',
    'telegram',
    { update_id: 1, my_chat_member: { chat, from, new_chat_member: { user: us, status: 'kicked' } } },
    { contact: '987654321', way: 'inbound', type: 'my_chat_member' },
  ),
];

const slack = (event: object, more: object = {}) => ({
  token: 't',
  team_id: 'T1',
  api_app_id: 'A1',
  type: 'event_callback',
  event_id: 'Ev1',
  event: { type: 'message', channel: 'C1', ts: '17.1', user: 'U1', ...event },
  authorizations: [{ user_id: OURS.bot, is_bot: true }],
  ...more,
});
const u1 = { contact: 'U1', way: 'inbound', id: 'C1:17.1' } as const;
const signed = { 'x-slack-signature': 'v0=0' };

const SLACK: SenderBody[] = [
  row('Slack: a message', 'slack', slack({ text: 'Hola', client_msg_id: 'x' }), {
    ...u1,
    text: 'Hola',
    kind: 'text',
    type: 'message',
  }),
  row('Slack: the same as a mention', 'slack', slack({ type: 'app_mention', text: 'Hola' }, { event_id: 'Ev2' }), {
    ...u1,
    text: 'Hola',
    kind: 'text',
    type: 'app_mention',
  }),
  row('Slack: our own message', 'slack', slack({ bot_id: 'B1', user: OURS.bot, text: 'Te espero' }), {
    way: 'outbound',
    id: 'C1:17.1',
    text: 'Te espero',
    kind: 'text',
  }),
  row('Slack: our own message without bot_id', 'slack', slack({ user: OURS.bot, text: 'Te espero' }), {
    way: 'outbound',
    id: 'C1:17.1',
    text: 'Te espero',
    kind: 'text',
  }),
  row(
    'Slack: an edit',
    'slack',
    slack({
      subtype: 'message_changed',
      user: undefined,
      ts: '18.0',
      message: { user: 'U1', text: 'Hola!', ts: '17.1', edited: { user: 'U1', ts: '18.0' } },
    }),
    { ...u1, text: 'Hola!', kind: 'text', edited: true },
  ),
  row(
    'Slack: a preview was added',
    'slack',
    slack({
      subtype: 'message_changed',
      user: undefined,
      ts: '18.0',
      message: { user: 'U1', text: 'https://x.example', ts: '17.1' },
    }),
    { contact: 'U1', id: 'C1:17.1', type: 'message_changed' },
  ),
  row(
    'Slack: our own message was changed',
    'slack',
    slack({
      subtype: 'message_changed',
      user: undefined,
      message: { bot_id: 'B1', user: OURS.bot, text: '…', ts: '17.1', edited: {} },
    }),
    { id: 'C1:17.1', type: 'message_changed' },
  ),
  row(
    'Slack: a file',
    'slack',
    slack({ subtype: 'file_share', text: 'mi cv', files: [{ name: 'cv.pdf', mimetype: 'application/pdf' }] }),
    { ...u1, text: '[document] cv.pdf: mi cv', kind: 'document' },
  ),
  row(
    'Slack: reaction',
    'slack',
    slack({ type: 'reaction_added', reaction: 'thumbsup', item_user: OURS.bot, ts: undefined, channel: undefined }),
    { contact: 'U1', way: 'inbound', id: 'Ev1', text: '[reaction] thumbsup', kind: 'reaction' },
  ),
  row(
    'Slack: an assistant thread',
    'slack',
    slack({
      type: 'assistant_thread_started',
      user: undefined,
      channel: undefined,
      ts: undefined,
      assistant_thread: { user_id: 'U1', channel_id: 'D1', thread_ts: '17.1' },
    }),
    { contact: 'U1', way: 'inbound', id: 'Ev1', type: 'assistant_thread_started' },
  ),
  row(
    'Slack: the challenge',
    'slack',
    { type: 'url_verification', token: 't', challenge: 'c' },
    { type: 'url_verification' },
  ),
  withHeaders(
    signed,
    row(
      'Slack: a command',
      'slack',
      { command: '/cita', text: 'lunes', user_id: 'U1', trigger_id: 'tr', team_id: 'T1' },
      { contact: 'U1', way: 'inbound', id: 'tr', text: '/cita lunes', kind: 'text' },
    ),
  ),
  withHeaders(
    signed,
    row(
      'Slack: a pressed button',
      'slack',
      {
        payload: JSON.stringify({
          type: 'block_actions',
          user: { id: 'U1' },
          trigger_id: 'tr',
          actions: [{ action_id: 'a', text: { type: 'plain_text', text: 'Sí' }, value: 'yes' }],
        }),
      },
      { contact: 'U1', way: 'inbound', id: 'tr', text: 'Sí', kind: 'button', type: 'block_actions' },
    ),
  ),
  withHeaders(
    signed,
    row(
      'Slack: a shortcut on a message of another',
      'slack',
      {
        payload: JSON.stringify({
          type: 'message_action',
          user: { id: 'U1' },
          trigger_id: 'tr',
          message: { user: 'U2', text: 'de otro' },
        }),
      },
      { contact: 'U1', way: 'inbound', id: 'tr', type: 'message_action' },
    ),
  ),
];

export const MESSENGERS: SenderBody[] = [...META, ...LINE, ...TELEGRAM, ...SLACK];
