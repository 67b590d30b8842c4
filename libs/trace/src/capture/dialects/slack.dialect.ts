import type { Dialect, WebhookMessage } from './dialect.js';
import { at, compact, firstAt, header, idOf, textOf } from './fields.js';

/** Slack: the Events API, slash commands and interactions, which come as JSON text in a form's `payload`. */
export const slack: Dialect = {
  name: 'slack',
  match({ headers, body }) {
    if (header(headers, 'x-slack-signature') !== undefined) return true;
    const type = at(body, 'type');
    if (type === 'url_verification') return at(body, 'challenge') !== undefined;
    return type === 'event_callback' && typeof at(body, 'team_id') === 'string';
  },
  extract({ body }) {
    if (at(body, 'type') === 'url_verification') return [{ type: 'url_verification' }];
    if (at(body, 'event') !== undefined) return [happening(body)];
    if (at(body, 'command') !== undefined) return [command(body)];
    const interaction = interactionOf(body);
    return interaction === undefined ? [] : [interact(interaction)];
  },
};

function happening(body: unknown): WebhookMessage {
  const event = at(body, 'event');
  // A bot hears its own messages: an echo is what we sent, not what somebody wrote to us.
  const echo = at(event, 'bot_id') !== undefined || at(event, 'subtype') === 'bot_message';
  return compact({
    contactId: firstAt(event, [['user'], ['user', 'id'], ['message', 'user'], ['bot_id'], ['channel']], idOf),
    message: firstAt(event, [['text'], ['message', 'text'], ['reaction']], textOf),
    messageId: firstAt(body, [['event', 'client_msg_id'], ['event_id'], ['event', 'ts']], idOf),
    type: textOf(at(event, 'type')),
    direction: echo ? ('outbound' as const) : ('inbound' as const),
  });
}

function command(body: unknown): WebhookMessage {
  const text = [at(body, 'command'), at(body, 'text')].map(textOf).filter((part) => part !== undefined);
  return compact({
    contactId: idOf(at(body, 'user_id')),
    message: text.join(' '),
    messageId: idOf(at(body, 'trigger_id')),
    type: 'slash_command',
    direction: 'inbound' as const,
  });
}

function interact(payload: unknown): WebhookMessage {
  const action = at(payload, 'actions', 0);
  return compact({
    contactId: idOf(at(payload, 'user', 'id')),
    message: firstAt(action, [['text', 'text'], ['selected_option', 'text', 'text'], ['value'], ['action_id']], textOf),
    messageId: idOf(at(payload, 'trigger_id')),
    type: textOf(at(payload, 'type')),
    direction: 'inbound' as const,
  });
}

function interactionOf(body: unknown): unknown {
  const payload = at(body, 'payload');
  if (typeof payload !== 'string') return at(body, 'user') === undefined ? undefined : body;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
