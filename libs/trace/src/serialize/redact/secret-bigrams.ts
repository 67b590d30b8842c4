import { INNER_LOOKS, PREFIX_LOOKS } from './secret-looks.js';
import { isDigit } from './text-search.js';

/**
 * Marks: pairs of adjacent characters that nearly every secret has and few other texts have. The marks of a text are
 * collected while it is written, for half a nanosecond a character; only a text with a mark is searched for the secret.
 */
export const SCHEME = 1;
/** Prefixes that end in `-`, `_`, `.`, and those that end in none of these. */
export const DASHED = 2;
export const UNDERSCORED = 4;
export const DOTTED = 8;
export const GLUED = 16;
export const DIGITS = 32;
export const COLON = 64;
export const EQUALS = 128;
export const INNER = 256;
/** All marks of secrets. */
export const ANY_MARK = SCHEME | DASHED | UNDERSCORED | DOTTED | GLUED | DIGITS | COLON | EQUALS | INNER;
/** Not a mark of secrets: both characters can be part of a card number. `LONG_RUN` of these in a row are `DIGITS`. */
export const RUN = 512;
export const LONG_RUN = 12;
/** Not a mark of secrets: JSON writes the second character with a backslash. The greatest mark. */
export const ESCAPE = 1024;

/** UTF-16 units up to which a loop over the characters is faster than calls into the runtime. */
export const SHORT_TEXT = 200;
const CODES = 128;

/** For two ASCII characters that follow each other, `PAIRS[(first << 7) | second]`: their marks. Before the first comes 0. */
export const PAIRS = new Uint16Array(CODES * CODES);

function mark(bit: number, first: Iterable<string>, second: Iterable<string>): void {
  for (const a of first) for (const b of second) PAIRS[(a.charCodeAt(0) << 7) | b.charCodeAt(0)]! |= bit;
}

/** The marks of a text, those of all its pairs. All marks of a long one, which is searched as a whole. */
export function marksOf(text: string): number {
  if (text.length > SHORT_TEXT) return ANY_MARK;
  let marks = 0;
  let before = 0;
  let run = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < CODES) {
      const pair = PAIRS[(before << 7) | code]!;
      before = code;
      run = (pair & RUN) === 0 ? 0 : run + 1;
      if (run === LONG_RUN) marks |= DIGITS;
      marks |= (pair & COLON) !== 0 && isClock(text, i) ? pair & ~COLON : pair;
    } else before = run = 0;
  }
  return marks;
}

const NAMES = new Uint8Array(CODES);
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_$')
  NAMES[character.charCodeAt(0)] = 1;
const PERCENT = 0x25;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const MAX_CLOCK = 40;
/** As many digits before a colon may be the id of a bot, with its token behind the colon. */
const BOT_DIGITS = 5;

/**
 * Whether the colon at `at` is that of a time (`9:00`, `2024-01-20T14:30`): before it is a word that begins and ends with a
 * digit, which is no name, no id of a bot and no part of an escape. Such a colon is no mark.
 */
export function isClock(text: string, at: number): boolean {
  if (at === 0 || !isDigit(text.charCodeAt(at - 1))) return false;
  const after = text.charCodeAt(at + 1);
  if (after === SLASH || after === BACKSLASH) return false;
  let start = at;
  let digits = 0;
  while (start > 0) {
    const code = text.charCodeAt(start - 1);
    // Letters of other scripts belong to names too.
    if (code >= CODES || code === PERCENT || at - start > MAX_CLOCK) return false;
    if (NAMES[code] === 0) break;
    if (digits === at - start && isDigit(code)) digits += 1;
    start -= 1;
  }
  return digits < BOT_DIGITS && isDigit(text.charCodeAt(start));
}

/** The mark of a prefix is that of its last character. */
export function markOfPrefix(prefix: string): number {
  const last = prefix.at(-1);
  return last === '-' ? DASHED : last === '_' ? UNDERSCORED : last === '.' ? DOTTED : GLUED;
}

const ALL = Array.from({ length: CODES }, (_, code) => String.fromCharCode(code));
const CONTROL = ALL.slice(0, 0x20);

mark(ESCAPE, ALL, [...CONTROL, '"', '\\']);
// Bearer, Basic.
mark(SCHEME, 'bB', 'eEaA');
// eyJ
mark(GLUED, 'y', 'J');
// -----BEGIN
mark(DASHED, '-', '-');
for (const { prefixes, pair } of PREFIX_LOOKS) {
  for (const prefix of prefixes) {
    const [first, second] = pair ?? prefix.slice(-2);
    mark(markOfPrefix(prefix), first!, second!);
  }
}
for (const { pair } of INNER_LOOKS) mark(pair[0] === '-' ? DASHED : pair[0] === '%' ? EQUALS : INNER, ...pair);
// The hosts of links end in .com or .cn; of a bot's token of Discord a time comes next.
mark(DOTTED, '.', 'cCabABCDEFGHIJKLMNOPQRSTUVWXYZ');
mark(RUN, '0123456789 -', '0123456789 -');
mark(COLON, ALL, ':');
mark(EQUALS, ALL, '=');
mark(EQUALS, '%', '3');
