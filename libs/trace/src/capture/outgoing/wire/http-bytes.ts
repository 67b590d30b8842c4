import { types } from 'node:util';

/** The bytes of a chunk; a text in UTF-8 stays a text. */
export function bytesOf(chunk: unknown, encoding: unknown): Uint8Array | string | undefined {
  if (chunk instanceof Uint8Array || types.isUint8Array(chunk)) return chunk;
  if (typeof chunk !== 'string') return undefined;
  const isUtf8 = typeof encoding !== 'string' || /^utf-?8$/i.test(encoding);
  return isUtf8 ? chunk : Buffer.from(chunk, encoding as BufferEncoding);
}
