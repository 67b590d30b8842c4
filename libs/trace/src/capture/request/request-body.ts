import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib';
import type { PendingRequest } from './pending-request.js';
import { type BodyWatch, MAX_WATCHED } from './body-watch.js';
import { isUploadBroken, nodeRequestOf } from './node-request.js';
import { MAX_PARSED, parsedJson, parsedText } from './body-text.js';
import { multipartFields } from './multipart-fields.js';

/** Bytes recorded of a body that no parser read. */
const MAX_UNPARSED = 1_024;

/** A request's body for the dialects and the journal; the application's own value is never changed. */
export interface RequestBody {
  value: unknown;
  /** Total bytes of a body that no parser read; `value` is its beginning. */
  unparsed?: number;
}

/** Whether the application has the body: a parser made `request.body` of it, or a middleware read it to its end. */
export function bodyArrived(pending: PendingRequest): boolean {
  if (parsedBody(pending, false) !== undefined) return true;
  return pending.watch?.whole === true && nodeRequestOf(pending.request).readableEnded;
}

/** Whether more of the body may come than `bodyOf` returns now. */
export function isPartial(pending: PendingRequest): boolean {
  return pending.watch !== undefined && !pending.watch.whole && parsedBody(pending, false) === undefined;
}

/** The body, as far as it has come. `undefined`: there is none, or not yet. */
export function bodyOf(pending: PendingRequest): RequestBody | undefined {
  const parsed = parsedBody(pending, true);
  if (parsed !== undefined) return { value: readable(parsed, typeOf(pending)) };
  const { watch, request } = pending;
  if (isUploadBroken(nodeRequestOf(request), false)) return undefined;
  return watch === undefined || watch.total === 0 ? undefined : unparsedBody(watch, pending);
}

/**
 * The body that the application parsed. A multipart parser fills `request.body` field by field, and older body parsers leave an
 * empty object on what they did not parse: both are no body yet.
 */
function parsedBody(pending: PendingRequest, atLast: boolean): unknown {
  const { request, watch } = pending;
  const { body } = request;
  if (body === undefined || !watch || typeof body !== 'object' || body === null) return body;
  if (watch.total > 2 && isEmpty(body)) return undefined;
  return atLast || !isMultipart(typeOf(pending)) || nodeRequestOf(request).readableEnded ? body : undefined;
}

function isEmpty(body: object): boolean {
  return !Array.isArray(body) && !Buffer.isBuffer(body) && Object.keys(body).length === 0;
}

/** Bytes and texts are read as the data that they are; so are the two shapes that parsers wrap fields in. */
function readable(body: unknown, type: string): unknown {
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    return body.length > MAX_PARSED ? body : (parsedText(body.toString(), type) ?? body);
  }
  if (typeof body !== 'object' || body === null) return body;
  if (isMultipart(type)) return fieldsOfParts(body) ?? body;
  return type.includes('x-www-form-urlencoded') ? (jsonUnderForm(body) ?? body) : body;
}

/** `@fastify/multipart` with `attachFieldsToBody`: each field is an object that holds its value, and all fields again. */
function fieldsOfParts(body: object): Record<string, unknown> | undefined {
  const entries = Object.entries(body);
  if (entries.length === 0 || !entries.every(([name, part]) => listOf(part).every((each) => isPart(each, name)))) {
    return undefined;
  }
  const fields = entries.flatMap(([name, part]): [string, unknown][] => {
    const values = listOf(part).flatMap((each) =>
      'value' in (each as object) ? [(each as { value: unknown }).value] : [],
    );
    return values.length === 0 ? [] : [[name, values.length === 1 ? values[0] : values]];
  });
  return Object.fromEntries(fields) as Record<string, unknown>;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isPart(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { fieldname, type } = value as { fieldname?: unknown; type?: unknown };
  return fieldname === name && (type === 'field' || type === 'file');
}

/** JSON that was sent as a form: the parser makes it one key, or splits it at `=`. */
function jsonUnderForm(body: object): unknown {
  const [first, ...more] = Object.entries(body);
  if (!first || more.length > 0 || !/^\s*[{[]/.test(first[0])) return undefined;
  return parsedJson(typeof first[1] === 'string' && first[1] !== '' ? `${first[0]}=${first[1]}` : first[0]);
}

function unparsedBody(watch: BodyWatch, pending: PendingRequest): RequestBody {
  const type = typeOf(pending);
  const { headers } = pending.request;
  const encoding = String(headers['content-encoding'] ?? 'identity');
  const bytes = inflated(watch.bytes, encoding);
  if (bytes) {
    const fields = isMultipart(type) ? multipartFields(bytes, String(headers['content-type'])) : undefined;
    if (fields) return { value: fields };
    const data = watch.whole ? parsedText(bytes.toString(), type) : undefined;
    if (data !== undefined) return { value: data };
  }
  return { value: beginning(bytes ?? watch.bytes), unparsed: watch.length };
}

/** Decompressed bytes. `undefined`: the encoding is unknown or the result exceeds the bound. */
function inflated(bytes: Buffer, encoding: string): Buffer | undefined {
  const zlib = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_WATCHED };
  try {
    switch (encoding.trim().toLowerCase()) {
      case 'identity':
      case '':
        return bytes;
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(bytes, zlib);
      case 'deflate':
        return inflateSync(bytes, zlib);
      case 'br':
        return brotliDecompressSync(bytes, { maxOutputLength: MAX_WATCHED });
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

/** A text where the bytes are one, cut between two characters; else the bytes. */
function beginning(bytes: Buffer): unknown {
  const start = bytes.subarray(0, MAX_UNPARSED);
  const text = new TextDecoder('utf-8', { fatal: true });
  try {
    const read = text.decode(start, { stream: true });
    return read.includes('\0') ? start : read;
  } catch {
    return start;
  }
}

function typeOf({ request }: PendingRequest): string {
  return String(request.headers['content-type'] ?? '').toLowerCase();
}

function isMultipart(type: string): boolean {
  return type.startsWith('multipart/');
}
