import { INNER_LOOKS, PREFIX_LOOKS } from './secret-looks.js';

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
/** Not a mark of secrets: JSON writes the second character with a backslash. */
export const ESCAPE = 512;

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
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < CODES) {
      marks |= PAIRS[(before << 7) | code]!;
      before = code;
    } else before = 0;
  }
  return marks;
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
mark(DIGITS, '0123456789', '0123456789');
mark(COLON, ALL, ':');
mark(EQUALS, ALL, '=');
mark(EQUALS, '%', '3');
