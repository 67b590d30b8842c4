import type { Dialect, WebhookMessage } from './dialect.js';
import { at, compact, firstAt, idOf, textOf } from './fields.js';

/** The kinds of update that hold a message. */
const MESSAGES = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'business_message',
  'edited_business_message',
];

/** The kinds that a person caused without writing one. */
const OTHERS = [
  'inline_query',
  'chosen_inline_result',
  'shipping_query',
  'pre_checkout_query',
  'poll_answer',
  'my_chat_member',
  'chat_member',
  'chat_join_request',
  'message_reaction',
];

/** Telegram Bot API: ids are numbers; a private chat's id is the person's. */
export const telegram: Dialect = {
  name: 'telegram',
  match: ({ body }) => typeof at(body, 'update_id') === 'number',
  extract({ body }) {
    for (const type of MESSAGES) {
      const message = at(body, type);
      if (message !== undefined) return [written(message, type)];
    }
    const pressed = at(body, 'callback_query');
    if (pressed !== undefined) return [callback(pressed)];
    for (const type of OTHERS) {
      const update = at(body, type);
      if (update !== undefined) return [other(update, type)];
    }
    return [];
  },
};

function written(message: unknown, type: string): WebhookMessage {
  return compact({
    contactId: firstAt(
      message,
      [
        ['from', 'id'],
        ['sender_chat', 'id'],
        ['chat', 'id'],
      ],
      idOf,
    ),
    message: firstAt(message, [['text'], ['caption'], ['contact', 'phone_number'], ['sticker', 'emoji']], textOf),
    messageId: idOf(at(message, 'message_id')),
    type,
    direction: at(message, 'from', 'is_bot') === true ? ('outbound' as const) : ('inbound' as const),
  });
}

function callback(query: unknown): WebhookMessage {
  return compact({
    contactId: firstAt(
      query,
      [
        ['from', 'id'],
        ['message', 'chat', 'id'],
      ],
      idOf,
    ),
    message: firstAt(query, [['data'], ['game_short_name']], textOf),
    messageId: idOf(at(query, 'id')),
    type: 'callback_query',
    direction: 'inbound' as const,
  });
}

function other(update: unknown, type: string): WebhookMessage {
  return compact({
    contactId: firstAt(
      update,
      [
        ['from', 'id'],
        ['user', 'id'],
        ['chat', 'id'],
      ],
      idOf,
    ),
    message: firstAt(update, [['query']], textOf),
    messageId: firstAt(update, [['id'], ['poll_id']], idOf),
    type,
    direction: 'inbound' as const,
  });
}
