import { boundedJson } from '../views/text/bounded-json.js';
import { estimateTokens } from '../views/text/token-estimate.js';

/** The tokens of an answer, which is sent as JSON on one line. */
export function tokensOf(answer: unknown): number {
  return estimateTokens(JSON.stringify(answer));
}

export interface Fitted<T> {
  shown: T[];
  left: number;
}

/** The first of `items` that fit into `room` tokens. Stops at the first that does not fit. */
export function fitItems<S, T>(items: readonly S[], room: number, toAnswer: (item: S) => T): Fitted<T> {
  const shown: T[] = [];
  let free = room;
  for (const item of items) {
    const answer = toAnswer(item);
    free -= tokensOf(answer) + 1;
    if (free < 0) break;
    shown.push(answer);
  }
  return { shown, left: items.length - shown.length };
}

/** The value where it fits into `room` tokens, else the beginning of its JSON as text. */
export function fitValue(value: unknown, room: number): { value: unknown; cut: boolean } {
  // Bounded before it is measured, so that a payload of a megabyte is not serialized only to be dropped.
  let maxCharacters = room * 8;
  const whole = boundedJson(value, { maxCharacters });
  if (!whole.cut && estimateTokens(whole.text) <= room) return { value, cut: false };
  for (maxCharacters = room * 4; maxCharacters >= 16; maxCharacters = Math.floor(maxCharacters * 0.7)) {
    const { text } = boundedJson(value, { maxCharacters, maxString: Math.ceil(maxCharacters / 3), maxItems: 40 });
    if (tokensOf(text) <= room) return { value: text, cut: true };
  }
  return { value: '…', cut: true };
}
