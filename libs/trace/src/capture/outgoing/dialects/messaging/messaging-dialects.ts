import type { MessagingDialect } from '../../outgoing-dialect.js';
import { botFramework, discord } from './chats.js';
import { chatwoot } from './chatwoot.js';
import { gohighlevel } from './gohighlevel.js';
import { intercomMessages, intercomReplies } from './intercom.js';
import { line } from './line.js';
import { mailgun, postmark, resend, sendgrid } from './mail.js';
import { dialog360, meta } from './meta.js';
import { slack, slackHooks } from './slack.js';
import { telegram } from './telegram.js';
import { bird, messagebird, telnyx, vonage, vonageSms } from './telephony.js';
import { twilio, twilioConversations } from './twilio.js';
import { evolution, greenApi } from './whatsapp-gateways.js';

/** Dialects of messaging APIs. */
export const MESSAGING_DIALECTS: readonly MessagingDialect[] = [
  meta,
  dialog360,
  telegram,
  twilio,
  twilioConversations,
  slack,
  slackHooks,
  gohighlevel,
  line,
  chatwoot,
  intercomReplies,
  intercomMessages,
  sendgrid,
  mailgun,
  postmark,
  resend,
  evolution,
  greenApi,
  vonage,
  vonageSms,
  messagebird,
  bird,
  telnyx,
  discord,
  botFramework,
];
