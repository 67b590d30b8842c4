import { cloudevents } from './cloudevents.dialect.js';
import type { Dialect } from './dialect.js';
import { generic } from './generic.dialect.js';
import { github } from './github.dialect.js';
import { gohighlevel } from './gohighlevel.dialect.js';
import { slack } from './slack.dialect.js';
import { stripe } from './stripe.dialect.js';
import { telegram } from './telegram.dialect.js';
import { twilio } from './twilio.dialect.js';
import { whatsappCloud } from './whatsapp-cloud.dialect.js';

/** All built-in dialects: the surest marks first, the one that fits anything last. */
export const BUILT_IN_DIALECTS: readonly Dialect[] = [
  whatsappCloud,
  telegram,
  twilio,
  slack,
  stripe,
  github,
  cloudevents,
  gohighlevel,
  generic,
];
