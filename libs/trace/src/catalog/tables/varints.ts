const FIRST_BYTES = 64;
/** Bytes of the largest safe integer. */
const MOST_BYTES = 8;

/** Writes whole numbers of up to 53 bits, seven bits a byte, the lowest first, and texts as UTF-8 behind their length. */
export class VarintWriter {
  private buffer = Buffer.allocUnsafe(FIRST_BYTES);
  private length = 0;

  number(value: number): void {
    this.reserve(MOST_BYTES);
    let rest = value;
    // Divided, not shifted: an offset may have more than 32 bits.
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.length++] = rest;
  }

  text(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.number(bytes);
    this.reserve(bytes);
    this.length += this.buffer.write(text, this.length);
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    this.buffer = Buffer.concat([this.buffer], 2 * this.buffer.length + bytes);
  }
}

/** Reads what a `VarintWriter` wrote. */
export class VarintReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  /** Throws a `RangeError` where the bytes end within a number. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('the bytes end within a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const length = this.number();
    const { buffer, byteOffset } = this.bytes;
    const text = Buffer.from(buffer, byteOffset + this.at, length).toString();
    this.at += length;
    return text;
  }
}
