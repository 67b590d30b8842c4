import { slack, telegram, twilio, whatsappCloud } from './messengers.js';
import { cloudevents, generic, github, gohighlevel, stripe } from './platforms.js';

/**
 * A webhook of each built-in dialect, as its sender sends it: `fetch(url, webhooks.telegram({ message: 'Hola' }))`. By the
 * dialects' names; `whatsappCloud` is `whatsapp-cloud`.
 */
export const webhooks = {
  generic,
  gohighlevel,
  whatsappCloud,
  'whatsapp-cloud': whatsappCloud,
  telegram,
  twilio,
  slack,
  stripe,
  github,
  cloudevents,
} as const;
