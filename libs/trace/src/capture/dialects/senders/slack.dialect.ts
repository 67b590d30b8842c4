import { all, any, has, is, isText, like, not, same, type Check } from '../checks.js';
import { idOf, own, textOf } from '../fields.js';
import { mediaKind } from '../media.js';
import { sender, type MediaRule, type Rule, type Source } from '../sender.js';

/**
 * A message is named by its channel and time. The same one comes under two event ids, as `message` and as `app_mention`,
 * and only one of the two has a `client_msg_id`.
 */
const idAt = (...ways: string[]): Source => ({
  at: 'event',
  as: (event) => {
    const message = ways.reduce<unknown>(own, event);
    const channel = idOf(own(event, 'channel'));
    const time = idOf(own(message, 'ts')) ?? idOf(own(event, 'ts'));
    return channel === undefined || time === undefined ? undefined : `${channel}:${time}`;
  },
});

const MEDIA: readonly MediaRule[] = [
  {
    at: 'event.files[0]',
    kindOf: (file) =>
      own(file, 'subtype') === 'slack_audio' ? 'voice' : (mediaKind(own(file, 'mimetype')) ?? 'attachment'),
    name: ['event.files[0].name'],
    caption: ['event.text'],
  },
];

/** A bot hears its own messages, and those of other bots. Whom they went to is not said. */
const byABot = (at: string): Check =>
  any(
    has(`${at}.bot_id`),
    has(`${at}.bot_profile`),
    is(`${at}.subtype`, 'bot_message'),
    all(is('authorizations[0].is_bot', true), same(`${at}.user`, 'authorizations[0].user_id')),
  );

const TYPE = { types: ['event.type'] };

/** Subtypes that are still something a person wrote. */
const WRITTEN = any(
  not(has('event.subtype')),
  is('event.subtype', 'file_share', 'me_message', 'thread_broadcast', 'message_replied'),
);

const EVENTS: readonly Rule[] = [
  {
    // Also sent for a preview of a link that appears later: only an edit changes who wrote what.
    when: all(is('event.subtype', 'message_changed'), has('event.message.edited'), not(byABot('event.message'))),
    contactId: ['event.message.user'],
    message: ['event.message.text'],
    messageId: [idAt('message')],
    type: 'message_changed',
    direction: 'inbound',
    edited: true,
  },
  {
    when: is('event.subtype', 'message_changed', 'message_deleted'),
    contactId: [{ at: 'event', as: userOfChange }],
    messageId: [idAt('message'), idAt('previous_message')],
    types: ['event.subtype'],
  },
  {
    when: byABot('event'),
    message: ['event.text'],
    media: MEDIA,
    messageId: [idAt()],
    ...TYPE,
    direction: 'outbound',
  },
  {
    when: all(is('event.type', 'message', 'app_mention'), WRITTEN),
    contactId: ['event.user'],
    message: ['event.text'],
    media: MEDIA,
    messageId: [idAt()],
    ...TYPE,
    direction: 'inbound',
  },
  {
    when: like('event.type', /^reaction_(?:added|removed)$/, 'a reaction'),
    contactId: ['event.user'],
    media: [{ at: 'event.reaction', kind: 'reaction', caption: ['event.reaction'] }],
    messageId: ['event_id'],
    ...TYPE,
    direction: 'inbound',
  },
  {
    when: like('event.type', /^assistant_thread_/, 'about an assistant thread'),
    contactId: ['event.assistant_thread.user_id'],
    messageId: ['event_id'],
    ...TYPE,
    direction: 'inbound',
  },
  {
    when: has('event'),
    contactId: ['event.user', 'event.user.id', 'event.user_id'],
    messageId: ['event_id', idAt()],
    types: ['event.subtype', 'event.type'],
    direction: 'inbound',
  },
];

/** Nothing for a message of a bot. */
function userOfChange(event: unknown): string | undefined {
  const message = own(event, 'message') ?? own(event, 'previous_message');
  return own(message, 'bot_id') === undefined ? idOf(own(message, 'user')) : undefined;
}

const ACTION: readonly MediaRule[] = [
  {
    at: 'actions[0].selected_option',
    kind: 'list',
    caption: ['actions[0].selected_option.text.text', 'actions[0].selected_option.value'],
  },
  { at: 'actions[0]', kind: 'button', caption: ['actions[0].text.text', 'actions[0].value', 'actions[0].action_id'] },
];

/** Slack: the Events API, slash commands and interactions, which come as JSON text in a form's `payload`. */
export const slack = sender({
  name: 'slack',
  body: { field: 'payload' },
  match: any(
    has('header:x-slack-signature'),
    all(is('type', 'url_verification'), has('challenge')),
    all(is('type', 'event_callback'), isText('team_id')),
    all(has('command'), has('trigger_id'), has('team_id')),
    all(has('user.id'), has('type'), any(has('team.id'), has('user.team_id')), any(has('trigger_id'), has('actions'))),
  ),
  groups: [
    {
      rules: [
        { when: is('type', 'url_verification'), type: 'url_verification' },
        ...EVENTS.map((rule) => ({ ...rule, when: rule.when && all(has('event'), rule.when) })),
        {
          when: has('command'),
          contactId: ['user_id'],
          message: [{ at: '$', as: commandLine }],
          messageId: ['trigger_id'],
          type: 'slash_command',
          direction: 'inbound',
        },
        {
          // `message` is what the shortcut was used on: mostly another person's.
          when: has('user'),
          contactId: ['user.id'],
          media: ACTION,
          messageId: ['trigger_id'],
          types: ['type'],
          direction: 'inbound',
        },
      ],
    },
  ],
});

function commandLine(body: unknown): string | undefined {
  const parts = [textOf(own(body, 'command')), textOf(own(body, 'text'))].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}
