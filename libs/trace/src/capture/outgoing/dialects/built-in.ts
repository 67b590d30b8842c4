import type { OutgoingDialect } from '../outgoing-dialect.js';
import { MESSAGING_DIALECTS } from './messaging/messaging-dialects.js';
import { MODEL_DIALECTS } from './models/model-dialects.js';

/** All built-in dialects of outgoing calls. The first that matches a target reads its calls. */
export const OUTGOING_DIALECTS: readonly OutgoingDialect[] = [...MODEL_DIALECTS, ...MESSAGING_DIALECTS];
