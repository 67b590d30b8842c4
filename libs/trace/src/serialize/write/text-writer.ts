import type { JsonBytes } from '../../model/json-bytes.js';
import { wellFormed } from '../values/text.js';
import {
  ANY_MARK,
  COLON,
  DIGITS,
  ESCAPE,
  isClock,
  LONG_RUN,
  PAIRS,
  RUN,
  SHORT_TEXT,
} from '../redact/secret-bigrams.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `\u0000` is the longest that one UTF-16 unit becomes. */
const MAX_UNIT = 6;
const SPARE = 64;

/** The character after the backslash, for characters with a short escape in JSON. */
const SHORT_ESCAPES = new Uint8Array(128);
for (const [char, short] of ['""', '\\\\', '\bb', '\tt', '\nn', '\ff', '\rr'])
  SHORT_ESCAPES[char!.charCodeAt(0)] = short!.charCodeAt(0);
const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/**
 * Writes a text as a JSON string, as `JSON.stringify` does, except that half a surrogate pair becomes U+FFFD.
 * @returns its marks (see `secret-bigrams.ts`); all marks for a long text, which is searched as a whole
 */
export function writeText(out: JsonBytes, text: string): number {
  if (text.length > SHORT_TEXT) {
    out.writeString(wellFormed(text));
    return ANY_MARK;
  }
  out.room(text.length * MAX_UNIT + SPARE);
  const { buffer } = out;
  let { at } = out;
  let marks = 0;
  let before = 0;
  let run = 0;
  buffer[at++] = QUOTE;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x80) {
      const pair = PAIRS[(before << 7) | code]!;
      before = code;
      run = (pair & RUN) === 0 ? 0 : run + 1;
      if (run === LONG_RUN) marks |= DIGITS;
      marks |= (pair & COLON) !== 0 && isClock(text, i) ? pair & ~COLON : pair;
      if (pair < ESCAPE) buffer[at++] = code;
      else at = writeEscape(buffer, at, code);
      continue;
    }
    before = run = 0;
    if (code < 0x800) {
      buffer[at++] = 0xc0 | (code >> 6);
      buffer[at++] = 0x80 | (code & 0x3f);
    } else if ((code & 0xf800) === 0xd800) {
      const point = code < 0xdc00 ? text.codePointAt(i)! : code;
      at = point > 0xffff ? writeFour(buffer, at, point) : writeThree(buffer, at, 0xfffd);
      if (point > 0xffff) i += 1;
    } else at = writeThree(buffer, at, code);
  }
  buffer[at++] = QUOTE;
  out.at = at;
  return marks;
}

function writeEscape(buffer: Buffer, at: number, code: number): number {
  buffer[at++] = BACKSLASH;
  const short = SHORT_ESCAPES[code]!;
  if (short !== 0) {
    buffer[at++] = short;
    return at;
  }
  buffer[at++] = 0x75;
  buffer[at++] = 0x30;
  buffer[at++] = 0x30;
  buffer[at++] = HEX[code >> 4]!;
  buffer[at++] = HEX[code & 0xf]!;
  return at;
}

function writeThree(buffer: Buffer, at: number, code: number): number {
  buffer[at++] = 0xe0 | (code >> 12);
  buffer[at++] = 0x80 | ((code >> 6) & 0x3f);
  buffer[at++] = 0x80 | (code & 0x3f);
  return at;
}

function writeFour(buffer: Buffer, at: number, point: number): number {
  buffer[at++] = 0xf0 | (point >> 18);
  buffer[at++] = 0x80 | ((point >> 12) & 0x3f);
  buffer[at++] = 0x80 | ((point >> 6) & 0x3f);
  buffer[at++] = 0x80 | (point & 0x3f);
  return at;
}
