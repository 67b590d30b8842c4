/**
 * What stands in nearly every secret and in few other texts: two characters that follow each other. Which of them a text
 * has is found out while it is written, for half a nanosecond a character; only then is it asked for the secret itself.
 */
export const SCHEME = 1;
export const MAKER = 2;
export const DASHED = 4;
export const UNDERSCORED = 8;
export const DIGITS = 16;
export const COLON = 32;
export const EQUALS = 64;
/** Whatever a secret may have. */
export const ANY_MARK = SCHEME | MAKER | DASHED | UNDERSCORED | DIGITS | COLON | EQUALS;
/** Not of secrets: JSON writes this character with a backslash. It stands behind any other. */
export const ESCAPE = 128;

const CODES = 128;

/** For two ASCII characters that follow each other, `PAIRS[(first << 7) | second]`: their marks. Before the first comes 0. */
export const PAIRS = new Uint8Array(CODES * CODES);

function mark(bit: number, first: Iterable<string>, second: Iterable<string>): void {
  for (const a of first) for (const b of second) PAIRS[(a.charCodeAt(0) << 7) | b.charCodeAt(0)]! |= bit;
}

const ALL = Array.from({ length: CODES }, (_, code) => String.fromCharCode(code));
const CONTROL = ALL.slice(0, 0x20);

mark(ESCAPE, ALL, [...CONTROL, '"', '\\']);
// Bearer, Basic.
mark(SCHEME, 'bB', 'eEaA');
// eyJ, AKIA and ASIA, AIza, EAA, SG., ya29
mark(MAKER, 'y', 'J');
mark(MAKER, 'I', 'Az');
mark(MAKER, 'E', 'A');
mark(MAKER, 'G', '.');
mark(MAKER, 'a', '2');
// sk-, rk-, pk-lf-, xapp-, glpat-, -----BEGIN; and xoxb- by its beginning
mark(DASHED, 'kfpt-', '-');
mark(DASHED, 'x', 'o');
mark(UNDERSCORED, 'etcpousrma1ifk', '_');
mark(DIGITS, '0123456789', '0123456789');
mark(COLON, ALL, ':');
mark(EQUALS, ALL, '=');
mark(EQUALS, '%', '3');
