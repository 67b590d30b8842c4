import { all, any, has, hasAll, is, isList, not } from '../checks.js';
import { idOf, own } from '../fields.js';
import { sender, type MediaRule, type NoticeRule, type Rule } from '../sender.js';

/** Kinds of a WhatsApp message, each an object under its own name. */
const MEDIA: readonly MediaRule[] = [
  { at: 'voice', kind: 'voice', caption: [] },
  { at: 'audio', kindOf: (audio) => (own(audio, 'voice') === true ? 'voice' : 'audio'), caption: [] },
  { at: 'image', kind: 'image', caption: ['image.caption'] },
  { at: 'video', kind: 'video', caption: ['video.caption'] },
  { at: 'document', kind: 'document', caption: ['document.caption'], name: ['document.filename'] },
  { at: 'sticker', kind: 'sticker', caption: ['sticker.emoji'] },
  { at: 'location', kind: 'location', caption: ['location.name', 'location.address'] },
  { at: 'contacts', kind: 'contacts', caption: ['contacts[0].name.formatted_name'] },
  { at: 'reaction', kind: 'reaction', caption: [{ at: 'reaction', as: emojiOf }] },
  { at: 'button', kind: 'button', caption: ['button.text', 'button.payload'] },
  { at: 'interactive.button_reply', kind: 'button', caption: ['interactive.button_reply.title'] },
  { at: 'interactive.list_reply', kind: 'list', caption: ['interactive.list_reply.title'] },
  { at: 'interactive.nfm_reply', kind: 'form', caption: ['interactive.nfm_reply.body'] },
  { at: 'order', kind: 'order', caption: ['order.text'] },
  { at: 'errors', kind: 'unsupported', caption: [] },
];

function emojiOf(reaction: unknown): string {
  return idOf(own(reaction, 'emoji')) ?? 'removed';
}

const TEXT = ['text.body'];

/** Some accounts leave `from` out; the contact is named beside the list then. `user_id`s belong to the business's scope. */
const FROM = ['from', 'from_user_id', '^.contacts[0].wa_id', '^.contacts[0].user_id'];
const RECIPIENT = ['recipient_id', 'recipient_user_id'];

const INCOMING: Rule = {
  contactId: FROM,
  message: TEXT,
  media: MEDIA,
  messageId: ['id'],
  types: ['type'],
  type: 'message',
  direction: 'inbound',
};

const FAILED: NoticeRule = {
  when: is('status', 'failed'),
  status: 'status',
  code: ['errors[0].code'],
  reason: ['errors[0].title', 'errors[0].message', 'errors[0].error_data.details'],
};

/** An edit: the new text is inside, and so is the id of the message that it replaces. */
const EDIT: Rule = {
  when: is('type', 'edit'),
  contactId: FROM,
  message: ['edit.message.text.body', 'edit.message.image.caption', 'edit.message.video.caption'],
  messageId: ['edit.original_message_id', 'id'],
  type: 'edit',
  direction: 'inbound',
  edited: true,
};

/** A notice of WhatsApp itself, such as a changed number, or a deleted message: it has no text of a person. */
const SYSTEM: Rule = {
  when: is('type', 'system', 'revoke', 'request_welcome'),
  contactId: FROM,
  messageId: ['revoke.original_message_id', 'id'],
  types: ['type'],
  direction: 'inbound',
};

const MESSAGES: readonly Rule[] = [EDIT, SYSTEM, INCOMING];

/** Sent, delivered, read, failed: no conversation, but it concerns a contact. */
const STATUSES: readonly Rule[] = [
  { contactId: RECIPIENT, messageId: ['id'], type: 'status', direction: 'outbound', notice: FAILED },
];

/** WhatsApp Cloud API: one POST may hold messages of several people, or only notices about messages sent. */
export const whatsappCloud = sender({
  name: 'whatsapp-cloud',
  match: is('object', 'whatsapp_business_account'),
  groups: [
    { items: 'entry[].changes[].value.messages[]', rules: MESSAGES },
    {
      // Messages that the business wrote in its telephone's app.
      items: 'entry[].changes[].value.message_echoes[]',
      rules: [
        {
          contactId: ['to', 'to_user_id'],
          message: TEXT,
          media: MEDIA,
          messageId: ['id'],
          type: 'echo',
          direction: 'outbound',
        },
      ],
    },
    {
      // Old conversations, once, when a telephone is connected. A thread's id is the other side's number.
      items: 'entry[].changes[].value.history[].threads[]',
      rules: [{ contactId: ['id'], type: 'history' }],
    },
    {
      items: 'entry[].changes[].value.calls[]',
      rules: [
        {
          when: is('direction', 'BUSINESS_INITIATED'),
          contactId: ['to'],
          messageId: ['id'],
          type: 'call',
          direction: 'outbound',
        },
        { contactId: ['from'], messageId: ['id'], type: 'call', direction: 'inbound' },
      ],
    },
    { items: 'entry[].changes[].value.statuses[]', rules: STATUSES },
  ],
});

/** 360dialog's own API, and the on-premises API before the cloud: the same lists, at the top of the body. */
export const dialog360 = sender({
  name: '360dialog',
  match: all(
    not(has('object')),
    any(
      all(
        isList('messages'),
        hasAll('messages[0].from', 'messages[0].id', 'messages[0].type', 'messages[0].timestamp'),
      ),
      all(isList('statuses'), hasAll('statuses[0].id', 'statuses[0].status', 'statuses[0].recipient_id')),
    ),
  ),
  groups: [
    { items: 'messages[]', rules: MESSAGES },
    { items: 'statuses[]', rules: STATUSES },
  ],
});
