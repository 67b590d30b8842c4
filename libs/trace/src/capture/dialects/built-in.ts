import type { BuiltInDialect } from './dialect.js';
import { awsSms, ses, sns } from './senders/amazon.dialect.js';
import { chatwoot } from './senders/chatwoot.dialect.js';
import { cloudevents } from './senders/cloudevents.dialect.js';
import { evolution } from './senders/evolution.dialect.js';
import { generic } from './senders/generic.dialect.js';
import { github } from './senders/github.dialect.js';
import { gohighlevel } from './senders/gohighlevel.dialect.js';
import { greenApi } from './senders/green-api.dialect.js';
import { hubspot } from './senders/hubspot.dialect.js';
import { intercom } from './senders/intercom.dialect.js';
import { line } from './senders/line.dialect.js';
import { inboundEmail, mailgun, postmark, sendgrid } from './senders/mail.dialect.js';
import { manychat } from './senders/manychat.dialect.js';
import { instagram, messenger } from './senders/meta.dialect.js';
import { slack } from './senders/slack.dialect.js';
import { stripe } from './senders/stripe.dialect.js';
import { sunshine } from './senders/sunshine.dialect.js';
import { telegram } from './senders/telegram.dialect.js';
import { telnyx } from './senders/telnyx.dialect.js';
import { twilio } from './senders/twilio.dialect.js';
import { dialog360, whatsappCloud } from './senders/whatsapp.dialect.js';

/** All built-in dialects: the most specific checks first, the dialect that fits anything last. */
export const BUILT_IN_DIALECTS: readonly BuiltInDialect[] = [
  sns,
  whatsappCloud,
  messenger,
  instagram,
  telegram,
  line,
  twilio,
  slack,
  stripe,
  github,
  cloudevents,
  evolution,
  greenApi,
  chatwoot,
  intercom,
  telnyx,
  hubspot,
  sunshine,
  sendgrid,
  mailgun,
  postmark,
  ses,
  inboundEmail,
  awsSms,
  dialog360,
  manychat,
  gohighlevel,
  generic,
];
