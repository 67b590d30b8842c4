import type { MessagingDialect } from '../../outgoing-dialect.js';

/** Dialects of messaging APIs. */
export const MESSAGING_DIALECTS: readonly MessagingDialect[] = [];
