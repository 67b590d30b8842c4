import { address } from '../addresses.js';
import { all, any, has, hasAny, is, isText, like, not, type Check } from '../checks.js';
import { jsonOf, own } from '../fields.js';
import { mediaKind, type MediaKind } from '../media.js';
import { sender, type MediaRule, type NoticeRule, type Rule, type Source } from '../sender.js';

const at = (...places: string[]): Source[] => places.map((place) => ({ at: place, as: address }));

const FROM = at('From', 'Caller', 'WaId');
const TO = at('To', 'Called');

/** WhatsApp's audio is a voice note: Ogg with Opus. */
function kindOf(type: unknown): MediaKind {
  return typeof type === 'string' && /^audio\/ogg/i.test(type) ? 'voice' : (mediaKind(type) ?? 'attachment');
}

const MEDIA: readonly MediaRule[] = [
  { at: 'ButtonText', kind: 'button', caption: ['ButtonText'] },
  { at: 'ListTitle', kind: 'list', caption: ['ListTitle'] },
  { at: 'Latitude', kind: 'location', caption: ['Label', 'Address', 'Body'] },
  { at: 'MediaContentType0', kindOf, caption: ['Body'] },
];

const STATUS = any(has('MessageStatus'), has('SmsStatus'));
const RECEIVED = any(is('MessageStatus', 'received', 'receiving'), is('SmsStatus', 'received', 'receiving'));

const failed = (...places: string[]): NoticeRule => ({
  when: any(...places.map((place) => is(place, 'failed', 'undelivered'))),
  status: { at: places[0]!, as: (word) => (typeof word === 'string' ? word : undefined) },
  code: ['ErrorCode'],
  reason: ['ErrorMessage', 'ChannelStatusMessage'],
});

const MESSAGE_ID = ['MessageSid', 'SmsMessageSid', 'SmsSid'];

/** A report about a message of ours: the contact is whom it went to. */
const report = (place: string): Rule => ({
  when: all(has(place), STATUS, not(RECEIVED), not(has('Body'))),
  contactId: TO,
  messageId: MESSAGE_ID,
  type: 'status',
  direction: 'outbound',
  notice: failed(place),
});

/** In a conversation, an author with a telephone number is the contact; `API` and `SDK` are our own side. */
const OUTSIDE = all(not(is('Source', 'API', 'SDK')), like('Author', /^(?:[a-z]+:)?\+?\d{5,}$/i, 'a telephone number'));

const EVENT = (name: RegExp, word: string): Check => like('EventType', name, word);

const CONVERSATIONS: readonly Rule[] = [
  {
    when: all(EVENT(/^onMessage(?:Add|Added|Updated?)$/, 'onMessageAdded'), OUTSIDE),
    contactId: at('Author'),
    message: ['Body'],
    media: [
      {
        at: 'Media',
        kindOf: (text) => kindOf(own(own(jsonOf(text), 0), 'ContentType') ?? own(own(jsonOf(text), 0), 'content_type')),
        caption: ['Body'],
      },
    ],
    messageId: ['MessageSid'],
    types: ['EventType'],
    direction: 'inbound',
  },
  {
    when: EVENT(/^onMessage(?:Add|Added|Updated?)$/, 'onMessageAdded'),
    contactId: at('["MessagingBinding.Address"]'),
    message: ['Body'],
    messageId: ['MessageSid'],
    types: ['EventType'],
    direction: 'outbound',
  },
  {
    when: EVENT(/^onDeliveryUpdated$/, 'onDeliveryUpdated'),
    contactId: at('["MessagingBinding.Address"]'),
    messageId: ['MessageSid'],
    types: ['EventType'],
    direction: 'outbound',
    notice: failed('Status'),
  },
  { contactId: at('["MessagingBinding.Address"]'), messageId: ['MessageSid', 'ConversationSid'], types: ['EventType'] },
];

const SPOKEN = ['SpeechResult', 'Digits', 'TranscriptionText'];

/** Twilio: forms with capitalised names, for SMS, WhatsApp, conversations and calls. */
export const twilio = sender({
  name: 'twilio',
  match: any(
    has('header:x-twilio-signature'),
    all(isText('AccountSid'), hasAny('MessageSid', 'SmsSid', 'CallSid', 'ConversationSid')),
  ),
  groups: [
    {
      rules: [
        ...CONVERSATIONS.map((rule) => ({
          ...rule,
          when: all(has('EventType'), has('ConversationSid'), ...(rule.when ? [rule.when] : [])),
        })),
        report('MessageStatus'),
        report('SmsStatus'),
        ...(['outbound', 'inbound'] as const).flatMap((way): Rule[] => {
          const when = all(
            has('CallSid'),
            way === 'outbound'
              ? like('Direction', /^outbound/, 'outbound')
              : not(like('Direction', /^outbound/, 'outbound')),
          );
          const contactId = way === 'outbound' ? TO : FROM;
          return [
            // The words of a call are the contact's, in both directions.
            {
              when: all(when, hasAny(...SPOKEN)),
              contactId,
              message: SPOKEN,
              messageId: ['CallSid'],
              type: 'call',
              direction: 'inbound',
            },
            {
              when,
              contactId,
              messageId: ['CallSid'],
              type: 'call',
              direction: way,
              notice: {
                when: is('CallStatus', 'failed'),
                status: 'CallStatus',
                code: ['ErrorCode', 'SipResponseCode'],
                reason: ['ErrorMessage'],
              },
            },
          ];
        }),
        {
          when: like('Direction', /^outbound/, 'outbound'),
          contactId: TO,
          message: ['Body'],
          media: MEDIA,
          messageId: MESSAGE_ID,
          type: 'message',
          direction: 'outbound',
        },
        {
          contactId: FROM,
          message: ['Body'],
          media: MEDIA,
          messageId: MESSAGE_ID,
          type: 'message',
          direction: 'inbound',
        },
      ],
    },
  ],
});
