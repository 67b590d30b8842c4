import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { WireFault } from '../../otel/wire/wire-fault.js';
import { bodyHeaders } from './unread-body.js';

/** Bytes of a body, as sent and without its compression. */
export const MAX_BODY = 4 * 1024 * 1024;
const TOO_LARGE = `The body has more than ${MAX_BODY} bytes (4 MiB). Send fewer spans at once.`;

const DECODERS: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
};

/** The bytes of a request's body, without its compression. */
export async function readBody(request: IncomingMessage, parsed: unknown): Promise<Buffer> {
  const body = await (request.readableEnded ? alreadyRead(parsed) : collect(request));
  const encoding = (bodyHeaders(request)['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return body;
  const decode = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (!decode)
    throw new WireFault(400, `The Content-Encoding '${encoding.slice(0, 40)}' is not read. Send gzip or none.`);
  try {
    return await decode(body, { maxOutputLength: MAX_BODY });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw new WireFault(413, TOO_LARGE);
    throw new WireFault(400, `The body is not valid ${encoding}: ${(error as Error).message}.`);
  }
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const declared = Number(bodyHeaders(request)['content-length']);
  if (declared > MAX_BODY) throw new WireFault(413, TOO_LARGE);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new WireFault(413, TOO_LARGE);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Where an application's own parser came first: its bytes, or its JSON. */
function alreadyRead(parsed: unknown): Buffer {
  if (Buffer.isBuffer(parsed)) return parsed;
  if (typeof parsed === 'object' && parsed !== null) return Buffer.from(JSON.stringify(parsed));
  throw new WireFault(400, 'The body was read by a parser of the application and is lost.');
}
