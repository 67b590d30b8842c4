import type { Micros } from '../../model/record.js';
import { WireFault } from './wire-fault.js';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const MAX_TAG = 2 ** 32;
/** Fields that are read in one turn: about 20 ms. A span of 20,000 attributes has 80,000. */
const MAX_FIELDS = 150_000;
/** A name of this length or less is kept for the next time: attributes of spans repeat theirs. */
const SHORT_NAME = 64;
const KEPT_NAMES = 2_000;
const names = new Map<string, string>();

/** Where a message is in the body. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads protobuf's wire format: one field after the other, by number. A body that is cut or wrong ends in a `WireFault`.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufReader {
  private at = 0;
  private end: number;
  private type = VARINT;
  private fields = 0;

  constructor(private readonly bytes: Buffer) {
    this.end = bytes.length;
  }

  /** Begins to count the fields of another span. */
  begin(): void {
    this.fields = 0;
  }

  /** Number of the next field; 0: there is none in this message. */
  next(): number {
    if (this.at >= this.end) return 0;
    this.fields += 1;
    if (this.fields > MAX_FIELDS) {
      throw new WireFault(413, `The body has more than ${MAX_FIELDS} fields in one place. Send fewer spans at once.`);
    }
    const tag = this.varint();
    const field = Math.floor(tag / 8);
    if (field === 0 || tag >= MAX_TAG) throw wrong(`a field of the number ${field}`);
    this.type = tag % 8;
    return field;
  }

  /** Reads a nested message with `read`, which asks `next` until it is 0. */
  message(read: () => void): void {
    const end = this.length();
    const around = this.end;
    this.end = end;
    read();
    this.end = around;
    this.at = end;
  }

  /** Passes over a nested message, and returns where it is. */
  range(): ByteRange {
    const end = this.length();
    const { at: start } = this;
    this.at = end;
    return { start, end };
  }

  /** Reads the nested message at a place. */
  within({ start, end }: ByteRange, read: () => void): void {
    const { at, end: around } = this;
    this.at = start;
    this.end = end;
    read();
    this.at = at;
    this.end = around;
  }

  text(): string {
    const end = this.length();
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end;
    return text;
  }

  /** A text that occurs again and again. */
  name(): string {
    const end = this.length();
    const { at } = this;
    this.at = end;
    if (end - at > SHORT_NAME) return this.bytes.toString('utf8', at, end);
    // Equal bytes have equal text in latin1 too, and that is the cheaper one to make.
    const key = this.bytes.toString('latin1', at, end);
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = this.bytes.toString('utf8', at, end);
    if (names.size < KEPT_NAMES) names.set(key, name);
    return name;
  }

  hex(): string {
    const end = this.length();
    const text = this.bytes.toString('hex', this.at, end);
    this.at = end;
    return text;
  }

  data(): Uint8Array {
    const end = this.length();
    // A copy: the body must not stay in memory because of one value.
    const data = Uint8Array.prototype.slice.call(this.bytes, this.at, end);
    this.at = end;
    return data;
  }

  /** A number of an enum, a bool or a count. */
  uint(): number {
    this.expect(VARINT);
    return this.varint();
  }

  /** An int64; as text where a double does not have it exactly. */
  int64(): number | string {
    this.expect(VARINT);
    const { at } = this;
    const value = this.varint();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    const exact = BigInt.asIntN(64, this.bigAt(at));
    return exact >= Number.MIN_SAFE_INTEGER && exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : String(exact);
  }

  double(): number {
    this.expect(FIXED64);
    this.take(8);
    return this.bytes.readDoubleLE(this.at - 8);
  }

  fixed32(): number {
    this.expect(FIXED32);
    this.take(4);
    return this.bytes.readUInt32LE(this.at - 4);
  }

  /** Nanoseconds of a fixed64 as microseconds. Nanoseconds are not exact in a double, so its halves are divided apart. */
  micros(): Micros {
    this.expect(FIXED64);
    this.take(8);
    const low = this.bytes.readUInt32LE(this.at - 8);
    const high = this.bytes.readUInt32LE(this.at - 4);
    return high * 4_294_967 + Math.floor((high * 296 + low) / 1_000);
  }

  /** Passes over a field that has no meaning here. */
  skip(): void {
    if (this.type === VARINT) this.varint();
    else if (this.type === FIXED64) this.take(8);
    else if (this.type === BYTES) this.at = this.length();
    else if (this.type === FIXED32) this.take(4);
    else throw wrong(`the wire type ${this.type}`);
  }

  private length(): number {
    this.expect(BYTES);
    const length = this.varint();
    const end = this.at + length;
    if (end > this.end) throw wrong(`a field of ${length} bytes where ${this.end - this.at} are left`);
    return end;
  }

  private take(count: number): void {
    if (this.at + count > this.end) throw wrong(`a number of ${count} bytes where ${this.end - this.at} are left`);
    this.at += count;
  }

  private varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i += 1) {
      if (this.at >= this.end) throw wrong('a number that does not end');
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw wrong('a number of more than 10 bytes');
  }

  private bigAt(start: number): bigint {
    let value = 0n;
    for (let at = start; at < this.at; at += 1) {
      value |= BigInt(this.bytes[at]! & 0x7f) << BigInt(7 * (at - start));
    }
    return value;
  }

  private expect(type: number): void {
    if (this.type !== type) throw wrong(`a field of the wire type ${this.type} instead of ${type}`);
  }
}

function wrong(what: string): WireFault {
  return new WireFault(400, `The body is no protobuf of an ExportTraceServiceRequest: it has ${what}.`);
}
