import { MESSENGERS } from './messengers.js';
import { PLATFORMS } from './platforms.js';
import type { SenderBody } from './sender-body.js';
import { TELEPHONY } from './telephony.js';
import { WHATSAPP, WHATSAPP_WEB } from './whatsapp.js';

export { INTERNAL } from './internal.js';
export { OURS, type SenderBody, type Wanted } from './sender-body.js';

/** Webhooks as their senders document them. */
export const SENDER_BODIES: readonly SenderBody[] = [
  ...WHATSAPP,
  ...WHATSAPP_WEB,
  ...MESSENGERS,
  ...TELEPHONY,
  ...PLATFORMS,
];
