import { all, any, has, hasAny, is, like } from '../checks.js';
import { mediaKind } from '../media.js';
import { sender, type MediaRule, type Source } from '../sender.js';

/** The conversation's contact. `sender` of what we wrote is an agent, and so is `meta.assignee`. */
const CONTACT: Source[] = [
  'conversation.meta.sender.id',
  'conversation.contact_inbox.contact_id',
  'conversation.contact_id',
];

const MEDIA: readonly MediaRule[] = [
  { at: 'attachments[0].file_type', kindOf: (type) => mediaKind(type) ?? 'attachment', caption: ['content'] },
];

const WRITTEN = { message: ['content'], media: MEDIA, messageId: ['id'] };
const EVENT = ['event'];

/** Chatwoot: webhooks of an account and of an agent bot. */
export const chatwoot = sender({
  name: 'chatwoot',
  match: all(
    like('event', /^(?:message|conversation|contact|inbox|webwidget)_[a-z_]+$/, 'an event of Chatwoot'),
    hasAny('account.id', 'conversation.contact_inbox', 'contact_inbox', 'meta.sender', 'event_info'),
  ),
  groups: [
    {
      rules: [
        {
          // A note among agents: it never goes to the contact.
          when: is('private', true),
          contactId: CONTACT,
          ...WRITTEN,
          type: 'private_note',
          direction: 'outbound',
        },
        {
          when: all(like('event', /^message_/, 'about a message'), is('message_type', 'incoming', 0)),
          contactId: ['sender.id', ...CONTACT],
          ...WRITTEN,
          types: EVENT,
          direction: 'inbound',
        },
        {
          when: all(like('event', /^message_/, 'about a message'), is('message_type', 'activity', 2)),
          contactId: CONTACT,
          messageId: ['id'],
          type: 'activity',
          direction: 'outbound',
        },
        {
          when: like('event', /^message_/, 'about a message'),
          contactId: CONTACT,
          ...WRITTEN,
          types: EVENT,
          direction: 'outbound',
          notice: {
            when: is('status', 'failed'),
            status: 'status',
            reason: ['content_attributes.external_error'],
          },
        },
        {
          when: like('event', /^contact_/, 'about a contact'),
          contactId: ['id'],
          types: EVENT,
        },
        {
          when: any(has('contact_inbox'), has('meta.sender')),
          contactId: ['meta.sender.id', 'contact_inbox.contact_id'],
          types: EVENT,
        },
        { contactId: ['contact.id', ...CONTACT], types: EVENT },
      ],
    },
  ],
});
