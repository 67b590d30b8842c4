/** Least size of the buffer; it doubles. */
const FIRST_BYTES = 16 * 1024;
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
/** Bytes kept for the length of a message before it is known: enough for 2 MiB; a longer one moves its content. */
const LENGTH_BYTES = 3;
const HIGH = 2 ** 32;

/**
 * Writes protobuf's wire format into one buffer, which is used again: fields by number, nested messages with their length.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufWriter {
  private buffer = Buffer.allocUnsafe(FIRST_BYTES);
  private at = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.at;
  }

  reset(): void {
    this.at = 0;
  }

  /** A copy of what was written. */
  bytes(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.at));
  }

  text(field: number, value: string): void {
    this.tag(field, BYTES);
    // A UTF-16 unit is at most three bytes of UTF-8.
    this.room(3 * value.length + 10);
    if (value.length < 43) {
      const written = this.buffer.write(value, this.at + 1);
      this.buffer[this.at] = written;
      this.at += written + 1;
      return;
    }
    const length = Buffer.byteLength(value);
    this.varint(length);
    this.buffer.write(value, this.at);
    this.at += length;
  }

  data(field: number, value: Uint8Array): void {
    this.tag(field, BYTES);
    this.varint(value.length);
    this.room(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  /** Bytes that are given as hex digits. */
  hex(field: number, digits: string): void {
    const length = digits.length >> 1;
    this.tag(field, BYTES);
    this.varint(length);
    this.room(length);
    this.at += this.buffer.write(digits, this.at, length, 'hex');
  }

  bool(field: number, value: boolean): void {
    this.tag(field, VARINT);
    this.varint(value ? 1 : 0);
  }

  /** A whole number, as int64 and enums have it: a negative one takes ten bytes. */
  int(field: number, value: number): void {
    this.tag(field, VARINT);
    if (value >= 0) return this.varint(value);
    this.room(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) this.buffer[this.at++] = Number(rest & 0x7fn) | 0x80;
    this.buffer[this.at++] = Number(rest);
  }

  double(field: number, value: number): void {
    this.tag(field, FIXED64);
    this.room(8);
    this.at = this.buffer.writeDoubleLE(value, this.at);
  }

  fixed32(field: number, value: number): void {
    this.tag(field, FIXED32);
    this.room(4);
    this.at = this.buffer.writeUInt32LE(value >>> 0, this.at);
  }

  /** Microseconds as nanoseconds in a fixed64. They are not exact in a double, so the halves are multiplied apart. */
  nanos(field: number, micros: number): void {
    this.tag(field, FIXED64);
    this.room(8);
    const low = (micros % HIGH) * 1000;
    const high = Math.floor(micros / HIGH) * 1000 + Math.floor(low / HIGH);
    this.at = this.buffer.writeUInt32LE(low % HIGH, this.at);
    this.at = this.buffer.writeUInt32LE(high % HIGH, this.at);
  }

  /** A nested message, which `write` fills. */
  message(field: number, write: () => void): void {
    this.tag(field, BYTES);
    this.room(LENGTH_BYTES);
    const start = this.at;
    this.at += LENGTH_BYTES;
    write();
    const length = this.at - start - LENGTH_BYTES;
    if (length < 2 ** (7 * LENGTH_BYTES)) return this.lengthAt(start, length);
    this.room(LENGTH_BYTES);
    this.buffer.copyWithin(start + 2 * LENGTH_BYTES, start + LENGTH_BYTES, this.at);
    const end = this.at + LENGTH_BYTES;
    this.lengthAt(start, length, 2 * LENGTH_BYTES);
    this.at = end;
  }

  /** Protobuf allows a varint with leading zeros, so the length takes the bytes that were kept for it. */
  private lengthAt(at: number, length: number, bytes = LENGTH_BYTES): void {
    let rest = length;
    for (let i = 0; i < bytes - 1; i += 1) {
      this.buffer[at + i] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[at + bytes - 1] = rest;
  }

  private tag(field: number, type: number): void {
    this.varint(field * 8 + type);
  }

  private varint(value: number): void {
    this.room(10);
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.buffer[this.at++] = (rest % 0x80) | 0x80;
    this.buffer[this.at++] = rest;
  }

  private room(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}
