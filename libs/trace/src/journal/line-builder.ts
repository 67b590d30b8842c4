/** A name and its colon, behind a comma, as bytes. */
export type Member = Uint8Array;

export function member(name: string): Member {
  return bytesOf(`,"${name}":`);
}

export function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (char) => char.charCodeAt(0));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
/** Up to this length a loop over the characters is faster than a call into the runtime. */
const SHORT = 128;
/** What a JSON string cannot hold as it is. */
// oxlint-disable-next-line no-control-regex
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;
/** UTF-8 has at most three bytes for a UTF-16 unit. */
const MAX_UTF8 = 3;
const MIN_ROOM = 512;
const E8 = 100_000_000;

/**
 * Builds a line of JSON as bytes, in a buffer that is used again. Text by concatenation costs twice as much: numbers of
 * 16 digits become strings slowly, and joining 20 pieces is a walk and a copy of its own.
 */
export class LineBuilder {
  buffer: Buffer;
  /** Where the next byte goes. */
  at = 0;

  constructor(private readonly kept: Buffer) {
    this.buffer = kept;
  }

  /** A new line; a buffer that had to grow for the last one is let go of. */
  start(bytes: Uint8Array): void {
    this.buffer = this.kept;
    this.at = 0;
    this.bytes(bytes);
  }

  bytes(bytes: Uint8Array): void {
    const { buffer, at } = this;
    for (let i = 0; i < bytes.length; i += 1) buffer[at + i] = bytes[i]!;
    this.at = at + bytes.length;
  }

  /** A member with a string; none when there is no value. */
  string(name: Member, value: string | undefined): void {
    if (value === undefined || value === null) return;
    if (typeof value !== 'string') throw new TypeError('a member that is text has a value of another type');
    this.room(MIN_ROOM);
    this.bytes(name);
    if (value.length > SHORT || !this.short(value)) this.long(value);
  }

  /** A member with a number, 0 for one that JSON has not; none when there is no value. */
  number(name: Member, value: number | undefined): void {
    if (value === undefined || value === null) return;
    this.room(MIN_ROOM);
    this.bytes(name);
    if (value >= 0 && Number.isSafeInteger(value)) this.integer(value);
    else this.utf8(String(Number.isFinite(value) ? value : 0));
  }

  /** A member with JSON text; none when there is no value. A raw newline, which can only be white space, would end the line. */
  json(name: Member, text: string | undefined): void {
    if (!text) return;
    this.room(MIN_ROOM);
    this.bytes(name);
    this.utf8(text.includes('\n') ? text.replaceAll('\n', ' ') : text);
  }

  private integer(value: number): void {
    let rest = value;
    let end = this.at + digits(value);
    this.at = end;
    const { buffer } = this;
    // In parts that fit into 32 bits: a division of doubles per digit is slow.
    while (rest >= E8) {
      const high = Math.floor(rest / E8);
      let low = (rest - high * E8) | 0;
      for (let n = 0; n < 8; n += 1) {
        const next = (low / 10) | 0;
        buffer[--end] = ZERO + low - next * 10;
        low = next;
      }
      rest = high;
    }
    let low = rest | 0;
    do {
      const next = (low / 10) | 0;
      buffer[--end] = ZERO + low - next * 10;
      low = next;
    } while (low > 0);
  }

  /** `false`: it holds something that is not plain ASCII, and nothing was written. */
  private short(value: string): boolean {
    const { buffer } = this;
    let { at } = this;
    buffer[at++] = QUOTE;
    for (let i = 0; i < value.length; i += 1) {
      const code = value.charCodeAt(i);
      if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return false;
      buffer[at++] = code;
    }
    buffer[at++] = QUOTE;
    this.at = at;
    return true;
  }

  private long(value: string): void {
    if (ESCAPED.test(value)) return this.utf8(JSON.stringify(value));
    this.buffer[this.at++] = QUOTE;
    this.utf8(value);
    this.buffer[this.at++] = QUOTE;
  }

  private utf8(text: string): void {
    const most = text.length * MAX_UTF8 + MIN_ROOM;
    // The most it may need is asked for only where it is there: a large text's true size is worth counting.
    if (this.at + most > this.buffer.length) this.room(Buffer.byteLength(text) + MIN_ROOM);
    this.at += this.buffer.write(text, this.at, 'utf8');
  }

  private room(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}

/** Of an integer that is not negative. */
function digits(value: number): number {
  let count = 1;
  for (let bound = 10; value >= bound; bound *= 10) count += 1;
  return count;
}
