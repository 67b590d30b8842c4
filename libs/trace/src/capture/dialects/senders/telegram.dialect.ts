import { all, any, has, is, isNumber, not, same } from '../checks.js';
import { own } from '../fields.js';
import { sender, type Group, type MediaRule, type Rule } from '../sender.js';

const MEDIA: readonly MediaRule[] = [
  { at: 'voice', kind: 'voice', caption: ['caption'] },
  { at: 'audio', kind: 'audio', caption: ['caption'], name: ['audio.title'] },
  { at: 'photo', kind: 'image', caption: ['caption'] },
  { at: 'video', kind: 'video', caption: ['caption'] },
  { at: 'video_note', kind: 'video', caption: [] },
  { at: 'animation', kind: 'image', caption: ['caption'] },
  { at: 'document', kind: 'document', caption: ['caption'], name: ['document.file_name'] },
  { at: 'sticker', kind: 'sticker', caption: ['sticker.emoji'] },
  { at: 'venue', kind: 'location', caption: ['venue.title'] },
  { at: 'location', kind: 'location', caption: [] },
  { at: 'contact', kind: 'contacts', caption: ['contact.phone_number'], name: ['contact.first_name'] },
  { at: 'poll', kind: 'poll', caption: ['poll.question'] },
  { at: 'dice', kind: 'sticker', caption: ['dice.emoji'] },
  { at: 'story', kind: 'story', caption: [] },
];

/** For an anonymous administrator or a channel, `from` is a placeholder and `sender_chat` the sender. */
const FROM = ['sender_chat.id', 'from.id'];

/** A message of a bot, ours among them. In a private chat the chat's id is the person's. */
const BY_A_BOT = all(not(has('sender_chat')), any(is('from.is_bot', true), has('sender_business_bot')));

const written = (kind: string, edited?: true): Group => {
  const common = { message: ['text', 'caption'], media: MEDIA, messageId: ['message_id'], type: kind, edited };
  const rules: Rule[] = [
    { ...common, when: all(BY_A_BOT, is('chat.type', 'private')), contactId: ['chat.id'], direction: 'outbound' },
    { ...common, when: BY_A_BOT, direction: 'outbound' },
    { ...common, contactId: [...FROM, 'chat.id'], direction: 'inbound' },
  ];
  return { items: kind, rules };
};

/** A business account's chats: what its owner wrote to a customer comes here too. The chat's id is the customer's. */
const business = (kind: string, edited?: true): Group => {
  const common = { message: ['text', 'caption'], media: MEDIA, messageId: ['message_id'], type: kind, edited };
  return {
    items: kind,
    rules: [
      { ...common, when: all(same('from.id', 'chat.id'), not(BY_A_BOT)), contactId: ['chat.id'], direction: 'inbound' },
      { ...common, contactId: ['chat.id'], direction: 'outbound' },
    ],
  };
};

/** Kinds that a person caused without writing a message. `about` is where the person is. */
const other = (kind: string, ...about: string[]): Group => ({
  items: kind,
  rules: [{ contactId: about, message: ['query'], messageId: ['id', 'poll_id'], type: kind, direction: 'inbound' }],
});

/** Telegram Bot API: ids are numbers; a private chat's id is the person's. */
export const telegram = sender({
  name: 'telegram',
  match: isNumber('update_id'),
  groups: [
    written('message'),
    written('edited_message', true),
    written('channel_post'),
    written('edited_channel_post', true),
    business('business_message'),
    business('edited_business_message', true),
    {
      items: 'callback_query',
      rules: [
        {
          contactId: ['from.id'],
          media: [
            { at: 'data', kind: 'button', caption: ['data'] },
            { at: 'game_short_name', kind: 'button', caption: ['game_short_name'] },
          ],
          messageId: ['id'],
          type: 'callback_query',
          direction: 'inbound',
        },
      ],
    },
    {
      items: 'message_reaction',
      rules: [
        {
          contactId: ['user.id', 'actor_chat.id'],
          media: [{ at: 'new_reaction', kind: 'reaction', caption: [{ at: 'new_reaction', as: reactionOf }] }],
          messageId: ['message_id'],
          type: 'message_reaction',
          direction: 'inbound',
        },
      ],
    },
    {
      items: 'deleted_business_messages',
      rules: [{ contactId: ['chat.id'], messageId: ['message_ids[0]'], type: 'deleted_business_messages' }],
    },
    // Its user is the owner of the account, who is on our side.
    { items: 'business_connection', rules: [{ messageId: ['id'], type: 'business_connection' }] },
    other('inline_query', 'from.id'),
    other('chosen_inline_result', 'from.id'),
    other('shipping_query', 'from.id'),
    other('pre_checkout_query', 'from.id'),
    other('purchased_paid_media', 'from.id'),
    other('poll_answer', 'user.id', 'voter_chat.id'),
    other('my_chat_member', 'from.id'),
    other('chat_member', 'new_chat_member.user.id'),
    other('chat_join_request', 'from.id'),
  ],
});

function reactionOf(reactions: unknown): string {
  const emoji = own(own(reactions, 0), 'emoji');
  if (typeof emoji === 'string') return emoji;
  return own(reactions, 0) === undefined ? 'removed' : 'custom emoji';
}
