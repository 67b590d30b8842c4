import { TWO_DIGITS, type JsonPiece } from './json-pieces.js';

/**
 * JSON as text. Capture serialises, bounds and redacts a value once, and it is not parsed again on its way to the file.
 */
export type JsonText = string & { readonly __json: true };

/** JSON on its way to a store: text, or bytes that are overwritten after `append` returns (`toString()` copies them). */
export type Payload = JsonText | JsonBytes;

const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
/** UTF-8 has at most three bytes for a UTF-16 unit. */
const MAX_UTF8 = 3;
/** Room left behind each text, so that brackets and a short member need no check. */
const SPARE = 512;
/** Characters that a JSON string has to escape. */
// oxlint-disable-next-line no-control-regex
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;
/** First size of the buffer: nearly all payloads have a few kilobytes. */
const FIRST_BYTES = 32 * 1024;
const MOST_KEPT = 512 * 1024;
const MIN_MARKED = 16;
const E8 = 100_000_000;

/**
 * JSON as the UTF-8 bytes that go into a file, built in a buffer that is used again for the next. Concatenated text costs
 * twice as much: it is built, joined, encoded and then collected.
 *
 * A callee may use it until its call returns; `toString` makes a copy.
 */
export class JsonBytes {
  /** The JSON is `buffer[0, at)`. `room` may replace the buffer. */
  buffer: Buffer;
  /** Position of the next byte. */
  at = 0;

  private readonly first: Buffer;
  /** A view of `buffer` that writes several bytes at once. */
  private view: DataView;

  /** @param firstBytes first size of the buffer; a larger one that was needed is kept up to 512 KiB */
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

  /** Makes room for this number of further bytes. */
  room(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.at);
    this.use(larger);
  }

  /** Writes a piece. There must be room for it and three bytes more. */
  write({ words, length }: JsonPiece): void {
    const { view, at } = this;
    for (let i = 0, to = at; i < words.length; i += 1, to += 4) view.setInt32(to, words[i]!, true);
    this.at = at + length;
  }

  /**
   * A fingerprint of the bytes since `start`: equal for equal bytes and nearly always different for others. It is made of
   * their count and of eight of them, near the beginning (mostly an id) and in the middle.
   */
  markFrom(start: number): number {
    const { view, at } = this;
    const count = at - start;
    if (count < MIN_MARKED) return count;
    const some = view.getInt32(start + 10, true) ^ Math.imul(view.getInt32(start + (count >> 1), true), 0x9e3779b1);
    return (count ^ some ^ (some >>> 13)) >>> 0;
  }

  /** Writes a text as a JSON string, in the form of `JSON.stringify`, and leaves some room behind it. */
  writeString(text: string): void {
    if (ESCAPED.test(text)) return this.writeText(JSON.stringify(text));
    this.room(SPARE);
    this.buffer[this.at++] = QUOTE;
    this.writeText(text);
    this.buffer[this.at++] = QUOTE;
  }

  /** Writes JSON that is text, and leaves some room behind it. */
  writeText(text: string): void {
    const most = text.length * MAX_UTF8 + SPARE;
    // The true size is counted only where the buffer may be too small.
    if (this.at + most > this.buffer.length) this.room(Buffer.byteLength(text) + SPARE);
    this.at += this.buffer.write(text, this.at, 'utf8');
  }

  /** Writes the JSON of another one, and leaves some room behind it. */
  writeJson(other: JsonBytes): void {
    this.room(other.at + SPARE);
    other.buffer.copy(this.buffer, this.at, 0, other.at);
    this.at += other.at;
  }

  /** Writes a finite number. There must be room for it. */
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
    // In parts of 32 bits, because a division of doubles per digit is slow.
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

/** Number of decimal digits of an integer that is not negative. */
function digits(value: number): number {
  let count = 1;
  for (let bound = 10; value >= bound; bound *= 10) count += 1;
  return count;
}
