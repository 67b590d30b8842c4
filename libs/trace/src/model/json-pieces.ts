/**
 * Bytes that are written often (keys, `true`, names of members), as 32-bit words: writing four bytes at once takes half the
 * time of writing them one by one.
 */
export class JsonPiece {
  /** The last word is padded with zeros. */
  readonly words: Int32Array;
  /** In bytes, without the padding. */
  readonly length: number;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.words = new Int32Array(Math.ceil(bytes.length / 4));
    for (const [i, byte] of bytes.entries()) this.words[i >> 2]! |= byte << ((i & 3) * 8);
  }

  static of(ascii: string): JsonPiece {
    return new JsonPiece(Uint8Array.from(ascii, (char) => char.charCodeAt(0)));
  }
}

/** `00` to `99`, the first digit in the lower byte. */
export const TWO_DIGITS = Uint16Array.from({ length: 100 }, (_, n) => 0x3030 | Math.floor(n / 10) | ((n % 10) << 8));
