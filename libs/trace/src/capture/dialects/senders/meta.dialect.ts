import { all, any, has, is, isList, not, same } from '../checks.js';
import { own } from '../fields.js';
import type { MediaKind } from '../media.js';
import { sender, type Group, type MediaRule, type Rule } from '../sender.js';

const ATTACHMENTS: Record<string, MediaKind> = {
  image: 'image',
  audio: 'audio',
  video: 'video',
  file: 'document',
  location: 'location',
  story_mention: 'story',
};

const MEDIA: readonly MediaRule[] = [
  { at: 'message.attachments[0].payload.sticker_id', kind: 'sticker', caption: [] },
  {
    at: 'message.attachments[0].type',
    kindOf: (type) => ATTACHMENTS[String(type)] ?? 'attachment',
    caption: ['message.text', 'message.attachments[0].title'],
  },
  { at: 'message.is_unsupported', kind: 'unsupported', caption: [] },
  { at: 'message.quick_reply', kind: 'button', caption: ['message.text', 'message.quick_reply.payload'] },
];

const SENDER = ['sender.id', 'sender.user_ref'];
const TEXT = ['message.text'];
const MESSAGE_ID = ['message.mid'];

/** The page's own messages come back to it. `entry.id` is the page. */
const ECHO: Rule = {
  when: any(is('message.is_echo', true), same('sender.id', '^.id')),
  contactId: ['recipient.id'],
  message: TEXT,
  media: MEDIA,
  messageId: MESSAGE_ID,
  type: 'echo',
  direction: 'outbound',
};

const MESSAGING: readonly Rule[] = [
  ECHO,
  {
    when: is('message.is_deleted', true),
    contactId: SENDER,
    messageId: MESSAGE_ID,
    type: 'message_deleted',
    direction: 'inbound',
  },
  {
    when: has('message'),
    contactId: SENDER,
    message: TEXT,
    media: MEDIA,
    messageId: MESSAGE_ID,
    type: 'message',
    direction: 'inbound',
  },
  {
    when: has('message_edit'),
    contactId: SENDER,
    message: ['message_edit.text'],
    messageId: ['message_edit.mid'],
    type: 'message_edit',
    direction: 'inbound',
    edited: true,
  },
  {
    when: has('postback'),
    contactId: SENDER,
    media: [{ at: 'postback', kind: 'button', caption: ['postback.title', 'postback.payload'] }],
    messageId: ['postback.mid'],
    type: 'postback',
    direction: 'inbound',
  },
  {
    when: has('reaction'),
    contactId: SENDER,
    media: [{ at: 'reaction', kind: 'reaction', caption: [{ at: 'reaction', as: reactionOf }] }],
    messageId: ['reaction.mid'],
    type: 'reaction',
    direction: 'inbound',
  },
  // The sender is the person whose screen showed what we sent.
  { when: has('read'), contactId: SENDER, messageId: ['read.mid'], type: 'read', direction: 'outbound' },
  {
    when: has('delivery'),
    contactId: SENDER,
    messageId: ['delivery.mids[0]'],
    type: 'delivery',
    direction: 'outbound',
  },
  { when: has('optin'), contactId: [...SENDER, 'optin.user_ref'], type: 'optin', direction: 'inbound' },
  { when: has('referral'), contactId: SENDER, type: 'referral', direction: 'inbound' },
  { when: has('sender.id'), contactId: SENDER, type: 'messaging', direction: 'inbound' },
];

function reactionOf(reaction: unknown): string | undefined {
  if (own(reaction, 'action') === 'unreact') return 'removed';
  const emoji = own(reaction, 'emoji') ?? own(reaction, 'reaction');
  return typeof emoji === 'string' ? emoji : undefined;
}

/** Comments and posts. Those of the page itself have no recipient. */
const CHANGES: readonly Rule[] = [
  {
    when: all(any(has('value.sender.id'), has('value.message.mid')), not(same('value.sender.id', '^.id'))),
    contactId: ['value.sender.id'],
    message: ['value.message.text'],
    messageId: ['value.message.mid'],
    types: ['field'],
    direction: 'inbound',
  },
  {
    when: same('value.from.id', '^.id'),
    types: ['field'],
    messageId: ['value.comment_id', 'value.id'],
    direction: 'outbound',
  },
  {
    when: has('value.from.id'),
    contactId: ['value.from.id'],
    message: ['value.message', 'value.text'],
    messageId: ['value.comment_id', 'value.post_id', 'value.id'],
    types: ['field'],
    direction: 'inbound',
  },
  { when: has('value.leadgen_id'), messageId: ['value.leadgen_id'], types: ['field'], direction: 'inbound' },
];

const GROUPS: readonly Group[] = [
  { items: 'entry[].messaging[]', rules: MESSAGING },
  // Another application has the conversation; this one may read along.
  { items: 'entry[].standby[]', rules: MESSAGING },
  { items: 'entry[].changes[]', rules: CHANGES },
];

/** Facebook Messenger and pages. */
export const messenger = sender({
  name: 'messenger',
  match: all(is('object', 'page'), isList('entry')),
  groups: GROUPS,
});

/** Instagram: direct messages and comments. */
export const instagram = sender({
  name: 'instagram',
  match: all(is('object', 'instagram'), isList('entry')),
  groups: GROUPS,
});
