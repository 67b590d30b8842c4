import { chatwoot, intercom, mailgun, manychat, postmark, sns, sunshine } from './desks-and-mail.js';
import { slack, telegram, twilio, whatsappCloud } from './messengers.js';
import { dialog360, evolution, greenApi, instagram, line, messenger, telnyx } from './more-messengers.js';
import { cloudevents, generic, github, gohighlevel, stripe } from './platforms.js';

/**
 * Webhooks as their senders send them: `fetch(url, webhooks.telegram({ message: 'Hola' }))`. By the dialects' names;
 * names with a dash have a second one without: `whatsappCloud` is `whatsapp-cloud`.
 */
export const webhooks = {
  generic,
  gohighlevel,
  whatsappCloud,
  'whatsapp-cloud': whatsappCloud,
  dialog360,
  '360dialog': dialog360,
  messenger,
  instagram,
  telegram,
  line,
  twilio,
  telnyx,
  slack,
  evolution,
  greenApi,
  'green-api': greenApi,
  chatwoot,
  intercom,
  sunshine,
  'zendesk-sunshine': sunshine,
  manychat,
  mailgun,
  postmark,
  sns,
  stripe,
  github,
  cloudevents,
} as const;
