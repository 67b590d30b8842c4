import type { ServerResponse } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { BodyParts, MAX_BODY } from './body-parts.js';
import { type Method, watchMethod } from './response-methods.js';
import { knownState, stateOf } from './response-state.js';

/**
 * Keeps the beginning of what is written to a response in parts, as a stream does. Called right before the handler:
 * compression and sessions have wrapped `write` by then, so that their compressed bytes pass below ours.
 */
export function watchWrites(response: ServerResponse): void {
  const state = stateOf(response);
  if (state.parts) return;
  state.parts = new BodyParts();
  if (!watchMethod(response, 'write')) {
    state.notesWrites = true;
    return;
  }
  const write = response.write as Method;
  response.write = function (this: ServerResponse, ...args: unknown[]) {
    state.noteWrite(args[0], args[1]);
    return write.apply(this, args);
  } as ServerResponse['write'];
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
  const state = knownState(response);
  const parts = state?.parts ?? new BodyParts();
  if (state) state.parts = undefined;
  parts.note(answer);
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
