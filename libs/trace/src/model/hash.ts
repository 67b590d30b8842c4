import { hash } from 'node:crypto';

/** SHA-256 of the text's UTF-8. */
export function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** The first 12 hex digits of the text's SHA-256, 48 bits: the odds that two of a million texts share them are 1 in 560. */
export function shortHash(text: string): string {
  return sha256(text).toString('hex', 0, 6);
}

/** A whole number of 48 bits for a text, from its SHA-1, as a key of an index: the text cannot be read from it. */
export function hashNumber(text: string): number {
  return hash('sha1', text, 'buffer').readUIntBE(0, 6);
}
