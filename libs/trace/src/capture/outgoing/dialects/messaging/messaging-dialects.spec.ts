import * as fc from 'fast-check';
import {
  bodyOf,
  type CallAnswer,
  callOf,
  type CallRequest,
  messagesOf,
} from '../../../../../../../test/support/fakes/messaging-call.js';
import type { SentMessage } from '../../outgoing-dialect.js';
import { MESSAGING_DIALECTS } from './messaging-dialects.js';

type Case = [what: string, url: string, request: CallRequest, answer: CallAnswer, messages: SentMessage[]];

const META = 'https://graph.facebook.com/v21.0/1055/messages';
const TO = '34600000001';
const whatsapp = (fields: object): CallRequest => ({ body: { messaging_product: 'whatsapp', to: TO, ...fields } });
const WAMID: CallAnswer = { body: { messaging_product: 'whatsapp', messages: [{ id: 'wamid.1' }] } };
const wa = (text: string): SentMessage[] => [{ text, channel: 'whatsapp', to: TO, messageId: 'wamid.1' }];

const META_CASES: Case[] = [
  ['a text', META, whatsapp({ type: 'text', text: { body: 'Hola' } }), WAMID, wa('Hola')],
  ['a text without a type', META, whatsapp({ text: { body: 'Hola' } }), WAMID, wa('Hola')],
  [
    'a template with its values',
    META,
    whatsapp({
      type: 'template',
      template: {
        name: 'welcome',
        components: [
          { type: 'header', parameters: [{ type: 'image', image: { link: 'x' } }] },
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Ana' },
              { type: 'currency', currency: { fallback_value: '10 €' } },
            ],
          },
        ],
      },
    }),
    WAMID,
    wa('[template welcome] [image], Ana, 10 €'),
  ],
  [
    'buttons',
    META,
    whatsapp({ type: 'interactive', interactive: { type: 'button', body: { text: '¿Martes?' } } }),
    WAMID,
    wa('¿Martes?'),
  ],
  [
    'an image with a caption',
    META,
    whatsapp({ type: 'image', image: { id: '1', caption: 'El piso' } }),
    WAMID,
    wa('[image] El piso'),
  ],
  [
    'a document',
    META,
    whatsapp({ type: 'document', document: { link: 'x', filename: 'cv.pdf' } }),
    WAMID,
    wa('[document] cv.pdf'),
  ],
  ['a location', META, whatsapp({ type: 'location', location: { name: 'Oficina' } }), WAMID, wa('[location] Oficina')],
  [
    'a reaction',
    META,
    whatsapp({ type: 'reaction', reaction: { message_id: 'x', emoji: '👍' } }),
    WAMID,
    wa('[reaction] 👍'),
  ],
  ['a kind that is new', META, whatsapp({ type: 'hologram', hologram: {} }), WAMID, wa('[hologram]')],
  [
    'a read receipt',
    META,
    { body: { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.0' } },
    { body: { success: true } },
    [],
  ],
  [
    'a refusal',
    META,
    whatsapp({ type: 'text', text: { body: 'Hola' } }),
    {
      status: 400,
      body: {
        error: {
          message: '(#131047) Re-engagement message',
          code: 131047,
          error_data: { details: 'More than 24 hours have passed' },
        },
      },
    },
    [
      {
        text: 'Hola',
        channel: 'whatsapp',
        to: TO,
        failure: { code: '131047', reason: 'Re-engagement message: More than 24 hours have passed' },
      },
    ],
  ],
  [
    'a refusal by a gateway',
    META,
    whatsapp({ type: 'text', text: { body: 'Hola' } }),
    { status: 502, body: '<html>Bad gateway</html>' },
    [{ text: 'Hola', channel: 'whatsapp', to: TO, failure: { reason: undefined } }],
  ],
  ['a redirect', META, whatsapp({ type: 'text', text: { body: 'Hola' } }), { status: 307 }, []],
  [
    'a connection that broke before an answer: the call adds why',
    META,
    whatsapp({ type: 'text', text: { body: 'Hola' } }),
    { status: 0, ended: 'broken' },
    [{ text: 'Hola', channel: 'whatsapp', to: TO }],
  ],
  ['a call that was aborted', META, whatsapp({ text: { body: 'Hola' } }), { status: 0, ended: 'left' }, []],
  [
    'a fake of the API under another host',
    'http://127.0.0.1:4010/v21.0/1055/messages',
    whatsapp({ type: 'text', text: { body: 'Hola' } }),
    WAMID,
    wa('Hola'),
  ],
  [
    '360dialog',
    'https://waba-v2.360dialog.io/messages',
    whatsapp({ type: 'text', text: { body: 'Hola' } }),
    WAMID,
    wa('Hola'),
  ],
  [
    'Messenger',
    'https://graph.facebook.com/v21.0/me/messages',
    { body: { recipient: { id: '77' }, messaging_type: 'RESPONSE', message: { text: 'Hola' } } },
    { body: { recipient_id: '77', message_id: 'm_1' } },
    [{ text: 'Hola', channel: 'messenger', to: '77', messageId: 'm_1' }],
  ],
  [
    'Messenger with a subcode',
    'https://graph.facebook.com/v21.0/me/messages',
    { body: { recipient: { id: '77' }, message: { attachment: { type: 'image', payload: { url: 'x' } } } } },
    { status: 400, body: { error: { message: '(#10) Outside the window', code: 10, error_subcode: 2018278 } } },
    [
      {
        text: '[image]',
        channel: 'messenger',
        to: '77',
        failure: { code: '10/2018278', reason: 'Outside the window' },
      },
    ],
  ],
  [
    'Messenger as a form',
    'https://graph.facebook.com/v21.0/me/messages',
    { body: new URLSearchParams({ recipient: '{"id":"77"}', message: '{"text":"Hola"}' }) },
    { body: { message_id: 'm_1' } },
    [{ text: 'Hola', channel: 'messenger', to: '77', messageId: 'm_1' }],
  ],
  [
    'Instagram',
    'https://graph.instagram.com/v21.0/178/messages',
    { body: { recipient: { id: '88' }, message: { text: 'Hola' } } },
    { body: { recipient_id: '88', message_id: 'm_2' } },
    [{ text: 'Hola', channel: 'instagram', to: '88', messageId: 'm_2' }],
  ],
  [
    'a typing sign',
    'https://graph.facebook.com/v21.0/me/messages',
    { body: { recipient: { id: '77' }, sender_action: 'typing_on' } },
    { body: { recipient_id: '77' } },
    [],
  ],
];

const BOT = 'https://api.telegram.org/bot123:AAtoken';
const telegram = (text: string, messageId?: string): SentMessage => ({
  text,
  channel: 'telegram',
  to: '5',
  ...(messageId !== undefined && { messageId }),
});

const CHAT_CASES: Case[] = [
  [
    'Telegram',
    `${BOT}/sendMessage`,
    { body: { chat_id: 5, text: 'Hola' } },
    { body: { ok: true, result: { message_id: 9 } } },
    [telegram('Hola', '9')],
  ],
  [
    'Telegram by GET',
    `${BOT}/sendMessage?chat_id=5&text=Hola`,
    { method: 'GET' },
    { body: { ok: true, result: { message_id: 9 } } },
    [telegram('Hola', '9')],
  ],
  [
    'Telegram with a file',
    `${BOT}/sendDocument`,
    {
      body: new Map([
        ['chat_id', '5'],
        ['caption', 'Tu contrato'],
        ['file', 'PK\u0003'],
      ]),
    },
    { body: { ok: true, result: { message_id: 9 } } },
    [telegram('[document] Tu contrato', '9')],
  ],
  [
    'a Telegram album',
    `${BOT}/sendMediaGroup`,
    { body: { chat_id: 5, media: [{ type: 'photo', caption: 'Uno' }, { type: 'video' }] } },
    { body: { ok: true, result: [{ message_id: 9 }, { message_id: 10 }] } },
    [telegram('[image] Uno', '9'), telegram('[video]', '10')],
  ],
  [
    'an edit',
    `${BOT}/editMessageText`,
    { body: { chat_id: 5, message_id: 9, text: 'Hola otra vez' } },
    { body: { ok: true, result: { message_id: 9 } } },
    [{ ...telegram('Hola otra vez', '9'), edited: true }],
  ],
  [
    'a copy',
    `${BOT}/copyMessage`,
    { body: { chat_id: 5, from_chat_id: 6, message_id: 1 } },
    { body: { ok: true, result: { message_id: 9 } } },
    [telegram('[copy]', '9')],
  ],
  [
    'a Telegram refusal with 200',
    `${BOT}/sendMessage`,
    { body: { chat_id: 5, text: 'Hola' } },
    { body: { ok: false, error_code: 403, description: 'Forbidden: bot was blocked by the user' } },
    [{ ...telegram('Hola'), failure: { code: '403', reason: 'Forbidden: bot was blocked by the user' } }],
  ],
  [
    'a Telegram refusal with 429',
    `${BOT}/sendMessage`,
    { body: { chat_id: 5, text: 'Hola' } },
    { status: 429, body: { ok: false, error_code: 429, description: 'Too Many Requests: retry after 4' } },
    [{ ...telegram('Hola'), failure: { code: '429', reason: 'Too Many Requests: retry after 4' } }],
  ],
  [
    'an answer of Telegram that was not read',
    `${BOT}/sendMessage`,
    { body: { chat_id: 5, text: 'Hola' } },
    { ended: 'left' },
    [],
  ],
  [
    'Telegram typing',
    `${BOT}/sendChatAction`,
    { body: { chat_id: 5, action: 'typing' } },
    { body: { ok: true, result: true } },
    [],
  ],
  [
    'Slack',
    'https://slack.com/api/chat.postMessage',
    { body: { channel: 'C1', text: 'Hola' } },
    { body: { ok: true, channel: 'C1', ts: '1.5' } },
    [{ text: 'Hola', channel: 'slack', to: 'C1', messageId: 'C1:1.5' }],
  ],
  [
    'Slack as a form with blocks',
    'https://slack.com/api/chat.postMessage',
    {
      body: new URLSearchParams({
        channel: 'C1',
        blocks: JSON.stringify([{ type: 'section', text: { type: 'mrkdwn', text: '*Hola*' } }, { type: 'divider' }]),
      }),
    },
    { body: { ok: true, channel: 'D7', ts: '1.5' } },
    [{ text: '*Hola*', channel: 'slack', to: 'C1', messageId: 'D7:1.5' }],
  ],
  [
    'a Slack refusal with 200',
    'https://slack.com/api/chat.postMessage',
    { body: { channel: 'C1', text: 'Hola' } },
    { body: { ok: false, error: 'channel_not_found' } },
    [{ text: 'Hola', channel: 'slack', to: 'C1', failure: { code: 'channel_not_found', reason: 'channel_not_found' } }],
  ],
  [
    'an edit in Slack',
    'https://slack.com/api/chat.update',
    { body: { channel: 'C1', ts: '1.5', text: 'Hola otra vez' } },
    { body: { ok: true, channel: 'C1', ts: '1.5' } },
    [{ text: 'Hola otra vez', channel: 'slack', to: 'C1', messageId: 'C1:1.5', edited: true }],
  ],
  ['another method of Slack', 'https://slack.com/api/conversations.list', {}, { body: { ok: true } }, []],
  [
    'a Slack webhook',
    'https://hooks.slack.com/services/T/B/x',
    { body: { text: 'Hola' } },
    { body: 'ok' },
    [{ text: 'Hola', channel: 'slack', to: undefined }],
  ],
  [
    'a Slack webhook that refuses',
    'https://hooks.slack.com/services/T/B/x',
    { body: { text: 'Hola' } },
    { status: 404, body: 'no_service' },
    [{ text: 'Hola', channel: 'slack', to: undefined, failure: { reason: 'no_service' } }],
  ],
  [
    'LINE, two messages',
    'https://api.line.me/v2/bot/message/push',
    {
      body: {
        to: 'U1',
        messages: [
          { type: 'text', text: 'Hola' },
          { type: 'flex', altText: 'Horarios' },
        ],
      },
    },
    { body: { sentMessages: [{ id: '1' }, { id: '2' }] } },
    [
      { text: 'Hola', channel: 'line', to: 'U1', messageId: '1' },
      { text: 'Horarios', channel: 'line', to: 'U1', messageId: '2' },
    ],
  ],
  [
    'a LINE reply that is refused',
    'https://api.line.me/v2/bot/message/reply',
    { body: { replyToken: 'x', messages: [{ type: 'sticker', packageId: '1' }] } },
    {
      status: 400,
      body: { message: 'The request body has 1 error(s)', details: [{ message: 'Invalid', property: 'messages[0]' }] },
    },
    [
      {
        text: '[sticker]',
        channel: 'line',
        to: undefined,
        failure: { code: 'messages[0]', reason: 'The request body has 1 error(s): Invalid' },
      },
    ],
  ],
  [
    'LINE to many',
    'https://api.line.me/v2/bot/message/multicast',
    { body: { to: ['a', 'b', 'c', 'd', 'e'], messages: [{ type: 'text', text: 'Hola' }] } },
    { body: {} },
    [{ text: 'Hola', channel: 'line', to: 'a, b, c and 2 more' }],
  ],
  [
    'Discord',
    'https://discord.com/api/v10/channels/12/messages',
    { body: { content: 'Hola' } },
    { body: { id: '99' } },
    [{ text: 'Hola', channel: 'discord', to: '12', messageId: '99' }],
  ],
  [
    'a Discord refusal',
    'https://discord.com/api/v10/channels/12/messages',
    { body: { embeds: [{ title: 'Hola', description: 'Ana' }] } },
    { status: 403, body: { code: 50007, message: 'Cannot send messages to this user' } },
    [
      {
        text: 'Hola: Ana',
        channel: 'discord',
        to: '12',
        failure: { code: '50007', reason: 'Cannot send messages to this user' },
      },
    ],
  ],
  [
    'Teams',
    'https://smba.trafficmanager.net/emea/v3/conversations/a:1/activities/0',
    { body: { type: 'message', channelId: 'msteams', text: 'Hola', recipient: { id: '29:1' } } },
    { body: { id: '1700' } },
    [{ text: 'Hola', channel: 'teams', to: '29:1', messageId: '1700' }],
  ],
  [
    'Teams typing',
    'https://smba.trafficmanager.net/emea/v3/conversations/a:1/activities',
    { body: { type: 'typing' } },
    { body: { id: '1700' } },
    [],
  ],
];

const TWILIO = 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json';
const CHATWOOT = 'https://chat.acme.example/api/v1/accounts/1/conversations/42/messages';
const GHL = 'https://services.leadconnectorhq.com/conversations/messages';
const INTERCOM = 'https://api.intercom.io/conversations/7/reply';

const DESK_CASES: Case[] = [
  [
    'Twilio',
    TWILIO,
    { body: new URLSearchParams({ To: 'whatsapp:+34600', From: 'whatsapp:+1', Body: 'Hola' }) },
    { status: 201, body: { sid: 'SM1', status: 'queued', error_code: null, error_message: null } },
    [{ text: 'Hola', channel: 'whatsapp', to: '+34600', messageId: 'SM1' }],
  ],
  [
    'Twilio with a picture',
    TWILIO,
    { body: new URLSearchParams({ To: '+34600', MediaUrl: 'https://acme.example/a.jpg', Body: 'El piso' }) },
    { status: 201, body: { sid: 'MM1' } },
    [{ text: '[image] El piso', channel: 'sms', to: '+34600', messageId: 'MM1' }],
  ],
  [
    'a template of Twilio',
    TWILIO,
    { body: new URLSearchParams({ To: '+34600', ContentSid: 'HX1', ContentVariables: '{"1":"Ana","2":"15:30"}' }) },
    { status: 201, body: { sid: 'MM1' } },
    [{ text: '[template HX1] Ana, 15:30', channel: 'sms', to: '+34600', messageId: 'MM1' }],
  ],
  [
    'an error in a 201 of Twilio',
    TWILIO,
    { body: new URLSearchParams({ To: '+34600', Body: 'Hola' }) },
    { status: 201, body: { sid: 'SM1', status: 'failed', error_code: 30008, error_message: 'Unknown error' } },
    [{ text: 'Hola', channel: 'sms', to: '+34600', failure: { code: '30008', reason: 'Unknown error' } }],
  ],
  [
    'a refusal of Twilio',
    TWILIO,
    { body: new URLSearchParams({ To: '+1', Body: 'Hola' }) },
    { status: 400, body: { code: 21211, message: "Invalid 'To' Phone Number", status: 400 } },
    [{ text: 'Hola', channel: 'sms', to: '+1', failure: { code: '21211', reason: "Invalid 'To' Phone Number" } }],
  ],
  [
    'HighLevel',
    GHL,
    { body: { type: 'SMS', contactId: 'c1', message: 'Hola' } },
    { status: 201, body: { conversationId: 'v', messageId: 'm1' } },
    [{ text: 'Hola', channel: 'sms', to: 'c1', messageId: 'm1' }],
  ],
  [
    'a mail of HighLevel',
    GHL,
    { body: { type: 'Email', contactId: 'c1', subject: 'Tu cita', html: '<p>Hola</p>' } },
    { status: 201, body: { messageId: 'm1', emailMessageId: 'e1' } },
    [{ text: 'Tu cita', channel: 'email', to: 'c1', messageId: 'm1' }],
  ],
  [
    'a refusal of HighLevel',
    GHL,
    { body: { type: 'WhatsApp', contactId: 'c1', message: 'Hola' } },
    {
      status: 422,
      body: { statusCode: 422, message: ['contactId must be a string', 'no phone'], error: 'Unprocessable' },
    },
    [
      {
        text: 'Hola',
        channel: 'whatsapp',
        to: 'c1',
        failure: { code: 'Unprocessable', reason: 'contactId must be a string; no phone' },
      },
    ],
  ],
  [
    'an internal comment',
    GHL,
    { body: { type: 'InternalComment', contactId: 'c1', message: 'Ojo' } },
    { status: 201, body: { messageId: 'm1' } },
    [],
  ],
  [
    'Chatwoot',
    CHATWOOT,
    { body: { content: 'Hola', message_type: 'outgoing', private: false } },
    { body: { id: 7 } },
    [{ text: 'Hola', channel: 'chatwoot', to: '42', messageId: '7' }],
  ],
  ['a private note', CHATWOOT, { body: { content: 'Ojo', private: true } }, { body: { id: 7 } }, []],
  [
    'a message in the contact’s name',
    CHATWOOT,
    { body: { content: 'Hola', message_type: 'incoming' } },
    { body: { id: 7 } },
    [],
  ],
  [
    'a refusal of Chatwoot',
    CHATWOOT,
    { body: { content: 'Hola' } },
    { status: 404, body: { error: 'Resource could not be found' } },
    [
      {
        text: 'Hola',
        channel: 'chatwoot',
        to: '42',
        failure: { code: undefined, reason: 'Resource could not be found' },
      },
    ],
  ],
  [
    'Intercom',
    INTERCOM,
    { body: { message_type: 'comment', type: 'admin', admin_id: '1', body: '<p>Hola &amp; adiós</p>' } },
    { body: { id: '7', conversation_parts: { conversation_parts: [{ id: '1' }, { id: '2' }] } } },
    [{ text: 'Hola & adiós', channel: 'intercom', to: '7', messageId: '2' }],
  ],
  [
    'a note of Intercom',
    INTERCOM,
    { body: { message_type: 'note', type: 'admin', body: 'Ojo' } },
    { body: { id: '7' } },
    [],
  ],
  [
    'a reply in the contact’s name',
    INTERCOM,
    { body: { message_type: 'comment', type: 'user', body: 'Hola' } },
    { body: { id: '7' } },
    [],
  ],
  [
    'a refusal of Intercom',
    INTERCOM,
    { body: { message_type: 'comment', type: 'admin', body: 'Hola' } },
    { status: 404, body: { type: 'error.list', errors: [{ code: 'not_found', message: 'Resource Not Found' }] } },
    [{ text: 'Hola', channel: 'intercom', to: '7', failure: { code: 'not_found', reason: 'Resource Not Found' } }],
  ],
  [
    'a mail of Intercom',
    'https://api.eu.intercom.io/messages',
    {
      body: { message_type: 'email', subject: 'Tu cita', body: 'x', from: { type: 'admin', id: '1' }, to: { id: 'u' } },
    },
    { body: { id: '3' } },
    [{ text: 'Tu cita', channel: 'email', to: 'u', messageId: '3' }],
  ],
];

const SENDGRID = 'https://api.sendgrid.com/v3/mail/send';
const MAILGUN = 'https://api.eu.mailgun.net/v3/acme.example/messages';
const MAIL_CASES: Case[] = [
  [
    'SendGrid, two mails',
    SENDGRID,
    {
      body: {
        subject: 'Tu cita',
        personalizations: [{ to: [{ email: 'a@x.example' }] }, { to: [{ email: 'b@x.example' }], subject: 'Otra' }],
      },
    },
    { status: 202, headers: { 'x-message-id': 's1' } },
    [
      { text: 'Tu cita', channel: 'email', to: 'a@x.example', messageId: 's1' },
      { text: 'Otra', channel: 'email', to: 'b@x.example' },
    ],
  ],
  [
    'a refusal of SendGrid',
    SENDGRID,
    {
      body: {
        template_id: 'd-1',
        personalizations: [{ to: [{ email: 'a@x.example' }], dynamic_template_data: { name: 'Ana' } }],
      },
    },
    { status: 403, body: { errors: [{ message: 'The from address does not match', field: 'from' }] } },
    [
      {
        text: '[template d-1] Ana',
        channel: 'email',
        to: 'a@x.example',
        failure: { code: 'from', reason: 'The from address does not match' },
      },
    ],
  ],
  [
    'Mailgun, multipart',
    MAILGUN,
    {
      body: new Map([
        ['to', 'a@x.example'],
        ['subject', 'Tu cita'],
        ['file', '\u0000'],
      ]),
    },
    { body: { id: '<1@acme.example>', message: 'Queued. Thank you.' } },
    [{ text: 'Tu cita', channel: 'email', to: 'a@x.example', messageId: '1@acme.example' }],
  ],
  [
    'a refusal of Mailgun',
    MAILGUN,
    {
      body: new URLSearchParams([
        ['to', 'a'],
        ['to', 'b'],
        ['template', 'welcome'],
        ['t:variables', '{"n":"Ana"}'],
      ]),
    },
    { status: 400, body: { message: 'to parameter is not a valid address' } },
    [
      {
        text: '[template welcome] Ana',
        channel: 'email',
        to: 'a, b',
        failure: { code: undefined, reason: 'to parameter is not a valid address' },
      },
    ],
  ],
  [
    'a batch of Postmark, one refused',
    'https://api.postmarkapp.com/email/batch',
    {
      body: [
        { To: 'a@x.example', Subject: 'Uno' },
        { To: 'b@x.example', Subject: 'Dos' },
      ],
    },
    {
      body: [
        { ErrorCode: 0, Message: 'OK', MessageID: 'p1' },
        { ErrorCode: 406, Message: 'Inactive recipient' },
      ],
    },
    [
      { text: 'Uno', channel: 'email', to: 'a@x.example', messageId: 'p1' },
      { text: 'Dos', channel: 'email', to: 'b@x.example', failure: { code: '406', reason: 'Inactive recipient' } },
    ],
  ],
  [
    'a refusal of Postmark',
    'https://api.postmarkapp.com/email/withTemplate',
    { body: { To: 'a@x.example', TemplateAlias: 'welcome', TemplateModel: { name: 'Ana' } } },
    { status: 422, body: { ErrorCode: 300, Message: 'Invalid email request' } },
    [
      {
        text: '[template welcome] Ana',
        channel: 'email',
        to: 'a@x.example',
        failure: { code: '300', reason: 'Invalid email request' },
      },
    ],
  ],
  [
    'Resend',
    'https://api.resend.com/emails',
    { body: { to: ['a@x.example'], subject: 'Tu cita' } },
    { body: { id: 'r1' } },
    [{ text: 'Tu cita', channel: 'email', to: 'a@x.example', messageId: 'r1' }],
  ],
  [
    'a batch of Resend',
    'https://api.resend.com/emails/batch',
    {
      body: [
        { to: 'a', subject: 'Uno' },
        { to: 'b', subject: 'Dos' },
      ],
    },
    { body: { data: [{ id: 'r1' }, { id: 'r2' }] } },
    [
      { text: 'Uno', channel: 'email', to: 'a', messageId: 'r1' },
      { text: 'Dos', channel: 'email', to: 'b', messageId: 'r2' },
    ],
  ],
  [
    'a refusal of Resend',
    'https://api.resend.com/emails',
    { body: { to: 'a', subject: 'Tu cita' } },
    { status: 403, body: { statusCode: 403, name: 'validation_error', message: 'The domain is not verified' } },
    [
      {
        text: 'Tu cita',
        channel: 'email',
        to: 'a',
        failure: { code: 'validation_error', reason: 'The domain is not verified' },
      },
    ],
  ],
];

const EVOLUTION = 'https://wa.acme.example/message/sendText/sales';
const GREEN = 'https://7103.api.greenapi.com/waInstance7103/sendMessage/token';
const GATEWAY_CASES: Case[] = [
  [
    'Evolution 2',
    EVOLUTION,
    { body: { number: TO, text: 'Hola' } },
    { status: 201, body: { key: { id: 'B1' }, status: 'PENDING' } },
    [{ text: 'Hola', channel: 'whatsapp', to: TO, messageId: 'B1' }],
  ],
  [
    'Evolution 1',
    EVOLUTION,
    { body: { number: `${TO}@s.whatsapp.net`, textMessage: { text: 'Hola' } } },
    { status: 201, body: { key: { id: 'B1' } } },
    [{ text: 'Hola', channel: 'whatsapp', to: TO, messageId: 'B1' }],
  ],
  [
    'media of Evolution',
    EVOLUTION.replace('sendText', 'sendMedia'),
    { body: { number: TO, mediatype: 'image', media: 'x', caption: 'El piso' } },
    { status: 201, body: { key: { id: 'B1' } } },
    [{ text: '[image] El piso', channel: 'whatsapp', to: TO, messageId: 'B1' }],
  ],
  [
    'a number without WhatsApp',
    EVOLUTION,
    { body: { number: TO, text: 'Hola' } },
    {
      status: 400,
      body: { status: 400, error: 'Bad Request', response: { message: [{ exists: false, number: TO }] } },
    },
    [
      {
        text: 'Hola',
        channel: 'whatsapp',
        to: TO,
        failure: { code: 'Bad Request', reason: `${TO} is not on WhatsApp` },
      },
    ],
  ],
  [
    'Green API',
    GREEN,
    { body: { chatId: `${TO}@c.us`, message: 'Hola' } },
    { body: { idMessage: 'G1' } },
    [{ text: 'Hola', channel: 'whatsapp', to: TO, messageId: 'G1' }],
  ],
  [
    'a used-up quota',
    GREEN,
    { body: { chatId: `${TO}@c.us`, message: 'Hola' } },
    {
      status: 466,
      body: { correspondentsStatus: { status: 'CORRESPONDENTS_QUOTE_EXCEEDED', description: 'Monthly quota' } },
    },
    [
      {
        text: 'Hola',
        channel: 'whatsapp',
        to: TO,
        failure: { code: 'CORRESPONDENTS_QUOTE_EXCEEDED', reason: 'Monthly quota' },
      },
    ],
  ],
  ['another method of Green API', GREEN.replace('sendMessage', 'setSettings'), { body: { a: 1 } }, { body: {} }, []],
  [
    'Vonage',
    'https://api.nexmo.com/v1/messages',
    { body: { channel: 'whatsapp', message_type: 'text', text: 'Hola', to: TO } },
    { status: 202, body: { message_uuid: 'v1' } },
    [{ text: 'Hola', channel: 'whatsapp', to: TO, messageId: 'v1' }],
  ],
  [
    'a refusal of Vonage',
    'https://api.nexmo.com/v1/messages',
    { body: { channel: 'sms', message_type: 'image', image: { url: 'x', caption: 'El piso' }, to: TO } },
    {
      status: 422,
      body: { type: 'https://developer.vonage.com/api-errors/messages#1120', title: 'Invalid', detail: 'to' },
    },
    [{ text: '[image] El piso', channel: 'sms', to: TO, failure: { code: '1120', reason: 'Invalid: to' } }],
  ],
  [
    'SMS of Vonage',
    'https://rest.nexmo.com/sms/json',
    { body: new URLSearchParams({ to: TO, text: 'Hola', api_secret: 'x' }) },
    { body: { 'message-count': '1', messages: [{ status: '0', 'message-id': 'n1' }] } },
    [{ text: 'Hola', channel: 'sms', to: TO, messageId: 'n1' }],
  ],
  [
    'SMS of Vonage, refused with 200',
    'https://rest.nexmo.com/sms/json',
    { body: new URLSearchParams({ to: TO, text: 'Hola' }) },
    { body: { messages: [{ status: '9', 'error-text': 'Quota Exceeded' }] } },
    [{ text: 'Hola', channel: 'sms', to: TO, failure: { code: '9', reason: 'Quota Exceeded' } }],
  ],
  [
    'MessageBird',
    'https://rest.messagebird.com/messages',
    { body: new URLSearchParams({ recipients: '1,2', body: 'Hola' }) },
    { status: 201, body: { id: 'mb1' } },
    [{ text: 'Hola', channel: 'sms', to: '1, 2', messageId: 'mb1' }],
  ],
  [
    'a refusal of MessageBird',
    'https://conversations.messagebird.com/v1/send',
    { body: { to: TO, type: 'text', content: { text: 'Hola' } } },
    { status: 401, body: { errors: [{ code: 2, description: 'Request not allowed' }] } },
    [{ text: 'Hola', to: TO, failure: { code: '2', reason: 'Request not allowed' } }],
  ],
  [
    'Bird',
    'https://api.bird.com/workspaces/w/channels/c/messages',
    { body: { receiver: { contacts: [{ identifierValue: TO }] }, body: { type: 'text', text: { text: 'Hola' } } } },
    { status: 202, body: { id: 'b1', status: 'accepted' } },
    [{ text: 'Hola', to: TO, messageId: 'b1' }],
  ],
  [
    'Telnyx',
    'https://api.telnyx.com/v2/messages',
    { body: { to: TO, text: 'Hola' } },
    { body: { data: { id: 't1', errors: [] } } },
    [{ text: 'Hola', channel: 'sms', to: TO, messageId: 't1' }],
  ],
  [
    'a refusal of Telnyx',
    'https://api.telnyx.com/v2/messages/whatsapp',
    { body: { to: TO, whatsapp_message: { type: 'text', text: { body: 'Hola' } } } },
    { status: 400, body: { errors: [{ code: '40310', title: 'Invalid to', detail: 'Not on WhatsApp' }] } },
    [{ text: 'Hola', channel: 'whatsapp', to: TO, failure: { code: '40310', reason: 'Invalid to: Not on WhatsApp' } }],
  ],
];

const ALL = [...META_CASES, ...CHAT_CASES, ...DESK_CASES, ...MAIL_CASES, ...GATEWAY_CASES];

describe('dialects of messaging APIs', () => {
  it.each(ALL)('%s', (_what, url, request, answer, messages) => {
    expect(messagesOf(url, request, answer)?.messages ?? []).toEqual(messages);
  });

  it('each dialect has a case that accepts and one that refuses or sends nothing', () => {
    const seen = new Map<string, { sent: boolean; other: boolean }>();
    for (const [, url, request, answer] of ALL) {
      const found = messagesOf(url, request, answer);
      if (!found) continue;
      const entry = seen.get(found.dialect) ?? { sent: false, other: false };
      if (found.messages.some(({ failure }) => failure === undefined)) entry.sent = true;
      else entry.other = true;
      seen.set(found.dialect, entry);
    }
    const names = [...new Set(MESSAGING_DIALECTS.map(({ name }) => name))];
    expect(names.filter((name) => !seen.get(name)?.sent)).toEqual([]);
    // 360dialog and Bird share the reading of refusals with Meta and with all.
    expect(names.filter((name) => !seen.get(name)?.other)).toEqual(['360dialog', 'bird']);
  });

  it('reads at most 20 messages of a call, and 500 characters of a reason', () => {
    const personalizations = Array.from({ length: 500 }, (_, n) => ({ to: [{ email: `${n}@x.example` }] }));
    const many = messagesOf(SENDGRID, { body: { subject: 'x', personalizations } }, { status: 202 })!.messages;
    expect(many).toHaveLength(20);
    const long = messagesOf(META, whatsapp({ text: { body: 'Hola' } }), {
      status: 400,
      body: { error: { code: 1, message: 'x'.repeat(10_000) } },
    })!.messages;
    expect(long[0]!.failure!.reason).toHaveLength(500);
  });

  it('never throws and stays bounded, whatever the bodies are', () => {
    const calls = ALL.map(([, url, request]) => [url, request] as const);
    const names = [...new Set(calls.flatMap(([, { body }]) => keysIn(body)))];
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.constantFrom(null, true, '', 'text', '__proto__', '[object Object]'),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor'), tie('value'), { maxKeys: 6 }),
      ),
    })).value;
    fc.assert(
      fc.property(
        fc.constantFrom(...calls),
        json,
        json,
        fc.integer({ min: 0, max: 999 }),
        ([url, { method }], body, answer, status) => {
          const [asked, given] = callOf(url, { method, body }, { status, body: answer });
          const dialect = MESSAGING_DIALECTS.find(({ match }) => match(asked))!;
          const messages = dialect === undefined ? [] : dialect.read(asked, given);
          expect(messages.length).toBeLessThanOrEqual(20);
          for (const { text, to, messageId, failure } of messages) {
            for (const value of [text, to, messageId, failure?.code, failure?.reason])
              expect(['string', 'undefined']).toContain(typeof value);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('a body that was cut, and one that is no JSON, make no message up', () => {
    const cut = (url: string, text: string): SentMessage[] => {
      const [asked, given] = callOf(url, {}, { body: { ok: true } });
      const body = { ...bodyOf(text, 'application/json'), whole: false, json: () => undefined };
      return MESSAGING_DIALECTS.find(({ match }) => match(asked))!.read({ ...asked, body }, given);
    };
    expect(cut(META, '{"messaging_product":"what')).toEqual([]);
    expect(cut('https://slack.com/api/chat.postMessage', '{"channel":')).toEqual([]);
    expect(cut(EVOLUTION, 'no JSON')).toEqual([]);
  });
});

function keysIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysIn(inner)]);
}
