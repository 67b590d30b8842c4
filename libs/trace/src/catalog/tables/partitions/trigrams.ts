/** Size of a filter: 256 traces of about 130 letters set a fifth of its bits. */
export const FILTER_BYTES = 8 * 1024;
const MASK = FILTER_BYTES * 8 - 1;

/** Sets two bits for each trigram of a text. */
export function addText(bits: Uint8Array, text: string): void {
  for (let i = 0; i + 2 < text.length; i += 1) {
    const hash = trigramHash(text, i);
    const first = hash & MASK;
    const second = (hash >>> 16) & MASK;
    bits[first >> 3]! |= 1 << (first & 7);
    bits[second >> 3]! |= 1 << (second & 7);
  }
}

/** The bits that `addText` sets; none for a text of fewer than three characters. */
export function trigramBits(text: string): number[] {
  const bits: number[] = [];
  for (let i = 0; i + 2 < text.length; i += 1) {
    const hash = trigramHash(text, i);
    bits.push(hash & MASK, (hash >>> 16) & MASK);
  }
  return bits;
}

/** `false`: the text is in none of the traces. */
export function mayContain(bits: Uint8Array, wanted: readonly number[]): boolean {
  return wanted.every((bit) => (bits[bit >> 3]! & (1 << (bit & 7))) !== 0);
}

/** Murmur's finalizer over three UTF-16 units. */
function trigramHash(text: string, at: number): number {
  let hash = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ text.charCodeAt(at + 2) ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
