import type { FullTraceResponse, LinkDto } from '../../contract/responses.js';
import { spellMs } from '../text/durations.js';
import { statusWord } from './status-word.js';

/** One line per linked trace, with the id that `get-trace trace` takes. The caller makes the lines safe, because ids may be imported. */
export function linkLines(trace: Pick<FullTraceResponse, 'links' | 'more_links'>): string[] {
  const lines = (trace.links ?? []).map((link) => `${linkWords(link)} ${link.trace_id}: ${linkEnd(link)}`);
  return trace.more_links ? [...lines, 'and older ones'] : lines;
}

/** `Continues`, `Continues (as attempt 2)`, `Continued by`, `Continued by (attempt 2)`. */
export function linkWords({ relation, attempt }: LinkDto): string {
  if (relation === 'continues') return attempt === undefined ? 'Continues' : `Continues (as attempt ${attempt})`;
  return attempt === undefined ? 'Continued by' : `Continued by (attempt ${attempt})`;
}

/** `✓ completed after 1.2 s, a reply was sent there`. */
export function linkEnd({ status, duration_ms, message_sent }: LinkDto): string {
  const time = status === 'active' ? `running for ${spellMs(duration_ms)}` : `after ${spellMs(duration_ms)}`;
  return `${statusWord(status)} ${time}${message_sent ? ', a reply was sent there' : ''}`;
}
