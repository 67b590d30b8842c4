import { REPLY_REFUSED } from '../hints/rules/call-rules.js';
import { repliedIn } from '../trace/links.js';
import type { RenderedTrace } from './kinds.js';

/** One sentence about the reply: sent, sent in a linked trace, refused by the provider, or not recorded. */
export function replySentence({ summary, links, debug_hints: hints }: RenderedTrace): string {
  if (summary.message_sent) return 'A reply was sent to the contact.';
  if (repliedIn(links) !== undefined) return 'The reply was sent in a linked trace.';
  // An export has no events: the hint is what it has of a refusal.
  return hints.some((hint) => hint.startsWith(REPLY_REFUSED)) ? 'The reply was refused.' : 'No reply was recorded.';
}
