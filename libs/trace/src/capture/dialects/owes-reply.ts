import type { WebhookMessage } from './dialect.js';
import type { MediaKind } from './media.js';

/** Whether a message of this kind asks for a reply. A choice (`button`, `list`) is an answer that a person gave. */
const OWES: Readonly<Record<MediaKind, boolean>> = {
  text: true,
  voice: true,
  audio: true,
  image: true,
  video: true,
  document: true,
  sticker: true,
  location: true,
  contacts: true,
  button: true,
  list: true,
  form: true,
  order: true,
  email: true,
  attachment: true,
  // The person may have sent a question in a form that the platform does not pass on.
  unsupported: true,
  reaction: false,
  poll: false,
  call: false,
  story: false,
};

/** The platform itself acknowledges these: an answer to them is no message to the contact. By the sender's word. */
const ACKNOWLEDGED: ReadonlySet<string> = new Set([
  // Telegram: `answerCallbackQuery`, `answerInlineQuery`.
  'callback_query',
  'inline_query',
  'chosen_inline_result',
  // Slack: the response of 200.
  'block_actions',
  'interactive_message',
]);

/**
 * Whether our side owes a reply to a message: a person wrote, spoke or chose something. A reaction, a press of a button that
 * the platform acknowledges, a receipt (which has no message), an edit, and what our own side sent ask for none.
 */
export function owesReply({ message, direction, media, edited, type }: WebhookMessage): boolean {
  if (message === undefined || direction === 'outbound' || edited === true) return false;
  if (type !== undefined && ACKNOWLEDGED.has(type)) return false;
  return media === undefined || !Object.hasOwn(OWES, media) || OWES[media as MediaKind];
}
