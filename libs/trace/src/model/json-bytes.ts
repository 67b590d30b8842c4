import { TWO_DIGITS, type JsonPiece } from './json-pieces.js';

/**
 * A piece of JSON that is already text. Capture serialises, bounds and redacts a value once, and nobody parses it again
 * on its way to the file.
 */
export type JsonText = string & { readonly __json: true };

/** JSON on its way to a store: text, or bytes that are its own only until `append` returns (`toString()` keeps them). */
export type Payload = JsonText | JsonBytes;

const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
/** UTF-8 has at most three bytes for a UTF-16 unit. */
const MAX_UTF8 = 3;
/** Left behind what may be long: brackets and a short member need not ask. */
const SPARE = 512;
/** What a JSON string cannot hold as it is. */
// oxlint-disable-next-line no-control-regex
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;
/** Nearly all that is written has a few kilobytes. */
const FIRST_BYTES = 32 * 1024;
const MOST_KEPT = 512 * 1024;
const MIN_MARKED = 16;
const E8 = 100_000_000;

/**
 * JSON as the UTF-8 bytes that go into a file, built in a buffer that is used again for the next. Text by concatenation
 * costs twice as much: it is built, joined and encoded, and garbage afterwards.
 *
 * Whoever is given one must be done with it when the call returns, or take its text.
 */
export class JsonBytes {
  /** The JSON is `buffer[0, at)`. Another one after `room`. */
  buffer: Buffer;
  /** Where the next byte goes. */
  at = 0;

  private readonly first: Buffer;
  /** Of `buffer`, for more than a byte at a time. */
  private view: DataView;

  /** @param firstBytes what it begins with; a larger one, where it was needed, is kept for the next within reason */
  constructor(firstBytes = FIRST_BYTES) {
    this.buffer = this.first = Buffer.allocUnsafeSlow(firstBytes);
    this.view = viewOf(this.buffer);
  }

  start(): void {
    if (this.buffer.length > MOST_KEPT) this.use(this.first);
    this.at = 0;
  }

  toString(): JsonText {
    return this.buffer.toString('utf8', 0, this.at) as JsonText;
  }

  /** Makes room for so many more. */
  room(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.at);
    this.use(larger);
  }

  /** A short one, for which there is room, and for three bytes more. */
  write({ words, length }: JsonPiece): void {
    const { view, at } = this;
    for (let i = 0, to = at; i < words.length; i += 1, to += 4) view.setInt32(to, words[i]!, true);
    this.at = at + length;
  }

  /**
   * A number that is the same wherever the same bytes were written, and nearly always another for others: of their count
   * and of eight of them, near the beginning (an id, mostly) and in the middle.
   */
  markFrom(start: number): number {
    const { view, at } = this;
    const count = at - start;
    if (count < MIN_MARKED) return count;
    const some = view.getInt32(start + 10, true) ^ Math.imul(view.getInt32(start + (count >> 1), true), 0x9e3779b1);
    return (count ^ some ^ (some >>> 13)) >>> 0;
  }

  /** A text as a JSON string, as the native writer has it; there is some room behind it. */
  writeString(text: string): void {
    if (ESCAPED.test(text)) return this.writeText(JSON.stringify(text));
    this.room(SPARE);
    this.buffer[this.at++] = QUOTE;
    this.writeText(text);
    this.buffer[this.at++] = QUOTE;
  }

  /** JSON that is text; there is some room behind it. */
  writeText(text: string): void {
    const most = text.length * MAX_UTF8 + SPARE;
    // The most it may need is asked for only where it is there: a large text's true size is worth counting.
    if (this.at + most > this.buffer.length) this.room(Buffer.byteLength(text) + SPARE);
    this.at += this.buffer.write(text, this.at, 'utf8');
  }

  /** What another holds; there is some room behind it. */
  writeJson(other: JsonBytes): void {
    this.room(other.at + SPARE);
    other.buffer.copy(this.buffer, this.at, 0, other.at);
    this.at += other.at;
  }

  /** A finite number, for which there is room. */
  writeNumber(value: number): void {
    if (!Number.isSafeInteger(value)) return this.writeText(String(value));
    if (value < 0 || Object.is(value, -0)) this.buffer[this.at++] = MINUS;
    this.writeDigits(Math.abs(value));
  }

  private writeDigits(value: number): void {
    let rest = value;
    let end = this.at + digits(value);
    this.at = end;
    const { view } = this;
    // In parts that fit into 32 bits: a division of doubles per digit is slow.
    while (rest >= E8) {
      const high = Math.floor(rest / E8);
      let low = (rest - high * E8) | 0;
      for (let n = 0; n < 4; n += 1) {
        const next = (low / 100) | 0;
        view.setUint16((end -= 2), TWO_DIGITS[low - next * 100]!, true);
        low = next;
      }
      rest = high;
    }
    let low = rest | 0;
    for (; low >= 10; low = (low / 100) | 0) view.setUint16((end -= 2), TWO_DIGITS[low % 100]!, true);
    if (low > 0 || value === 0) this.buffer[end - 1] = ZERO + low;
  }

  private use(buffer: Buffer): void {
    this.buffer = buffer;
    this.view = viewOf(buffer);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Of an integer that is not negative. */
function digits(value: number): number {
  let count = 1;
  for (let bound = 10; value >= bound; bound *= 10) count += 1;
  return count;
}
