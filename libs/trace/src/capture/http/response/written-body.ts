import type { ServerResponse } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { hasAnswer } from './error-response.js';

/** Bytes kept of a body that is written in parts, and of one that is inflated. */
const MAX_BODY = 65_536;

type Write = (this: ServerResponse, ...args: unknown[]) => boolean;

/** The parts of a body, copied: the application may use their buffers again. */
interface Parts {
  readonly chunks: Buffer[];
  size: number;
  whole: boolean;
}

const written = new WeakMap<ServerResponse, Parts>();

/**
 * Keeps the beginning of what is written to a response in parts, as a stream does. Called right before the handler:
 * compression and sessions have wrapped `write` by then, so that their compressed bytes pass below ours.
 */
export function watchWrites(response: ServerResponse): void {
  if (written.has(response)) return;
  const parts: Parts = { chunks: [], size: 0, whole: true };
  written.set(response, parts);
  const write = response.write as Write;
  response.write = function (this: ServerResponse, ...args: unknown[]) {
    if (!hasAnswer(this)) note(parts, args[0], args[1]);
    return write.apply(this, args);
  } as ServerResponse['write'];
}

function note(parts: Parts, chunk: unknown, encoding?: unknown): void {
  if (parts.size >= MAX_BODY) {
    parts.whole = false;
    return;
  }
  let bytes: Buffer | undefined;
  try {
    bytes = bytesOf(chunk, encoding);
  } catch {
    // A buffer whose memory was handed to another thread: its part is not known.
    parts.whole = false;
  }
  if (bytes === undefined) return;
  const room = MAX_BODY - parts.size;
  if (bytes.length > room) parts.whole = false;
  parts.chunks.push(bytes.subarray(0, room));
  parts.size += Math.min(bytes.length, room);
}

/** A copy. A long text is cut before it is encoded. */
function bytesOf(chunk: unknown, encoding?: unknown): Buffer | undefined {
  if (typeof chunk === 'string') {
    const known = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
    return Buffer.from(chunk.slice(0, MAX_BODY + 1), known);
  }
  return chunk instanceof Uint8Array ? Buffer.from(chunk.subarray(0, MAX_BODY + 1)) : undefined;
}

/** The body of a response as the application wrote it. */
export interface WrittenBody {
  /** `undefined`: its bytes are no text. */
  readonly text: string | undefined;
  /** Whether `text` is all of it. */
  readonly whole: boolean;
}

/**
 * The body of a response that is out, inflated where something compressed it above us; `undefined`: it has none. Forgets
 * the body.
 * @param answer what `end` was called with
 * @param encoding the response's `content-encoding`
 */
export function writtenBody(
  response: ServerResponse,
  answer: string | Uint8Array | undefined,
  encoding: string,
): WrittenBody | undefined {
  const parts = written.get(response) ?? { chunks: [], size: 0, whole: true };
  written.delete(response);
  note(parts, answer);
  if (parts.size === 0) return undefined;
  const bytes = Buffer.concat(parts.chunks);
  // The encoding may be the work of a middleware that compressed below us: then the bytes are plain.
  const plain = isText(bytes) ? bytes : parts.whole ? inflated(bytes, encoding.toLowerCase()) : undefined;
  return { text: plain?.toString(), whole: parts.whole };
}

function inflated(bytes: Buffer, encoding: string): Buffer | undefined {
  const inflate = Object.hasOwn(INFLATE, encoding) ? INFLATE[encoding as keyof typeof INFLATE] : undefined;
  try {
    const plain = inflate?.(bytes, { maxOutputLength: MAX_BODY });
    return plain && isText(plain) ? plain : undefined;
  } catch {
    return undefined;
  }
}

const INFLATE = { gzip: gunzipSync, 'x-gzip': gunzipSync, deflate: inflateSync, br: brotliDecompressSync } as const;

/** Text has no control characters besides white space in its first bytes; compressed bytes nearly always do. */
function isText(bytes: Buffer): boolean {
  const head = bytes.toString('utf8', 0, 512);
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(head) && (head.match(/\ufffd/g)?.length ?? 0) <= 2;
}
