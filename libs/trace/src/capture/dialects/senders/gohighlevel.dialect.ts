import { htmlText } from '../addresses.js';
import { all, any, has, hasAny, is, like, type Check } from '../checks.js';
import { mediaOfUrl } from '../media.js';
import { sender, type MediaRule, type Rule } from '../sender.js';

/** Names for the contact alone. `userId`, `assignedTo` and `user` are our own staff and are never read. */
const CONTACT = [
  'contactId',
  'contact_id',
  'contact.id',
  'contact.contactId',
  'extras.contactId',
  'customData.contactId',
  'customData.contact_id',
  'data.contactId',
];

/** Records of an app's webhook hold the contact inside. */
const CONTACT_OF_RECORD = [
  'contactId',
  'appointment.contactId',
  'opportunity.contactId',
  'task.contactId',
  'note.contactId',
  'contactDetails.id',
  'contactSnapshot.id',
  'contact.id',
  'extras.contactId',
];

/** Taken only where every id is missing or an unreplaced `{{contact.id}}`: several contacts may share a phone. */
const ADDRESS = ['phone', 'contact.phone', 'customData.phone', 'email', 'contact.email', 'customData.email'];

/** App webhooks say `body`; workflow webhooks say what their author chose, most often `message` in one of two shapes. */
const TEXT = [
  'body',
  'message',
  'message.body',
  'messageBody',
  'message_body',
  'customData.message',
  'customData.body',
  'customData.messageBody',
  'data.message',
];

const MEDIA: readonly MediaRule[] = [
  { at: 'messageType', kindOf: (type) => (type === 'CALL' ? 'call' : undefined), caption: [] },
  { at: 'attachments[0]', kindOf: mediaOfUrl },
  { at: 'message.attachments[0]', kindOf: mediaOfUrl },
  { at: 'message.attachments[0].url', kindOf: mediaOfUrl },
];

const MESSAGE_ID = ['messageId', 'message.id', 'message.messageId', 'customData.messageId', 'emailMessageId'];

const WAY = {
  inbound: ['inbound', 'incoming'],
  outbound: ['outbound', 'outgoing'],
} as const;

/** An app webhook's event, such as `InboundMessage` or `INSTALL`. A workflow sends its channel's number there, or none. */
const IS_EVENT = like('type', /^(?:[A-Z][a-z]+(?:[A-Z][A-Za-z]+)+|(?:UN)?INSTALL)$/, 'an event of an app');

/** A workflow names its location and itself. `locationId` alone is a name that others use too. */
const SURE: Check = any(
  has('header:x-wh-signature'),
  has('header:x-ghl-signature'),
  has('workflow.id'),
  has('location.id'),
  has('customData'),
  has('contact_type'),
  like('locationId', /^[A-Za-z0-9]{20}$/, 'an id of a location'),
);

const FAILED = {
  when: is('status', 'failed', 'undelivered'),
  status: 'status',
  reason: ['error', 'errorMessage', 'error.message'],
} as const;

const message = (type: string, direction: 'inbound' | 'outbound'): Rule[] => [
  {
    when: all(is('type', type), is('messageType', 'Email')),
    contactId: CONTACT,
    media: [
      {
        at: 'messageType',
        kind: 'email',
        caption: [{ at: 'body', as: htmlText }, { at: 'html', as: htmlText }, 'subject'],
      },
    ],
    messageId: MESSAGE_ID,
    types: ['type'],
    direction,
    notice: FAILED,
  },
  {
    when: is('type', type),
    contactId: CONTACT,
    message: TEXT,
    media: MEDIA,
    messageId: MESSAGE_ID,
    types: ['type'],
    direction,
    notice: FAILED,
  },
];

const WORKFLOW: Rule = {
  contactId: CONTACT,
  message: TEXT,
  media: MEDIA,
  messageId: MESSAGE_ID,
  types: ['customData.type', 'meta.key'],
};

/** The same with the direction that is said in any of the shapes. */
const workflow = (contactId: string[], when?: Check): Rule[] => [
  ...['direction', 'message.direction', 'customData.direction'].map((at) => ({
    ...WORKFLOW,
    contactId,
    when: when ? all(when, has(at)) : has(at),
    directions: { at, ...WAY },
  })),
  { ...WORKFLOW, contactId, when },
];

/** HighLevel (LeadConnector): webhooks of apps, which are signed and flat, of workflows, which are neither, of its marketplace. */
export const gohighlevel = sender({
  name: 'gohighlevel',
  match: any(
    has('header:x-wh-signature'),
    has('header:x-ghl-signature'),
    has('locationId'),
    has('customData'),
    has('location.id'),
    has('workflow.id'),
    all(has('extras.locationId'), hasAny('extras.contactId', 'extras.workflowId', 'meta.key')),
  ),
  groups: [
    {
      rules: [
        ...message('InboundMessage', 'inbound'),
        ...message('OutboundMessage', 'outbound'),
        ...message('ProviderOutboundMessage', 'outbound'),
        {
          // A message that a conversation provider is asked to deliver: its `type` is the channel.
          when: all(
            is('type', 'SMS', 'Email', 'WhatsApp'),
            has('messageId'),
            hasAny('userId', 'attachments', 'emailMessageId'),
          ),
          contactId: CONTACT,
          message: TEXT,
          media: MEDIA,
          messageId: MESSAGE_ID,
          type: 'ProviderOutboundMessage',
          direction: 'outbound',
          directions: { at: 'direction', ...WAY },
        },
        {
          when: like('type', /^Contact(?:Create|Update|Delete|DndUpdate|TagUpdate|Merge)\w*$/, 'about a contact'),
          contactId: ['contactId', 'id'],
          types: ['type'],
        },
        { when: IS_EVENT, contactId: CONTACT_OF_RECORD, types: ['type'] },
        ...workflow([...CONTACT, ...ADDRESS], SURE),
        ...workflow(CONTACT),
      ],
    },
  ],
});
