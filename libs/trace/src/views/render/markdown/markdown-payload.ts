import { boundedJson } from '../../text/bounded-json.js';
import { estimateTokens } from '../../text/token-estimate.js';
import { fence } from './markdown-text.js';

export interface Payload {
  lines: string[];
  /** Whether the value is shown in part. */
  cut: boolean;
}

/** Tokens that a value needs at least. Fewer show nothing useful. */
const LEAST_TOKENS = 24;

/**
 * A captured value as a fenced block of at most `tokens`: a text as it is, anything else as JSON, on one line if it is
 * short. The cost depends on `tokens` and not on the size of the value.
 */
export function payload(title: string, value: unknown, tokens: number): Payload | undefined {
  const around = estimateTokens(title) + 12;
  for (let room = tokens - around, cut = false; room >= LEAST_TOKENS; room = Math.floor(room * 0.6)) {
    const { text, language, shortened } = written(value, room * 4);
    const lines = ['', `${title}${shortened || cut ? ' (in part)' : ''}:`, '', ...fence(text, language)];
    if (estimateTokens(lines.join('\n')) <= tokens) return { lines, cut: shortened };
    cut = true;
  }
  return undefined;
}

function written(value: unknown, maxCharacters: number): { text: string; language: string; shortened: boolean } {
  if (typeof value === 'string') {
    const shortened = value.length > maxCharacters;
    const text = shortened
      ? `${value.slice(0, maxCharacters)}… ${value.length - maxCharacters} more characters`
      : value;
    return { text, language: 'text', shortened };
  }
  const line = boundedJson(value, { maxCharacters: Math.min(maxCharacters, 120) });
  if (!line.cut) return { text: line.text, language: 'json', shortened: false };
  const whole = boundedJson(value, { maxCharacters, indent: 2 });
  if (!whole.cut) return { text: whole.text, language: 'json', shortened: false };
  // Long texts and lists are shortened first, because the keys explain more than the end of one value.
  const maxString = Math.max(40, Math.floor(maxCharacters / 6));
  const { text } = boundedJson(value, { maxCharacters, indent: 2, maxString, maxItems: 12 });
  return { text, language: 'json', shortened: true };
}
