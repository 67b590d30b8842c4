import { readFile } from 'node:fs/promises';
import { multipartFields, parsedJson, parsedText } from '../../../libs/trace/src/capture/request/explain.js';
import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { usageError } from '../cli-error.js';
import { decodeText } from '../import/decode-text.js';

export type BodyFormat = 'json' | 'form' | 'multipart' | 'text' | 'nothing';

export interface ReadBody {
  body: unknown;
  /** How the bytes were read. */
  as: BodyFormat;
}

/** A body parser would refuse a larger webhook. */
const MAX_BYTES = 16 * 2 ** 20;

/** The bytes of a file, or of stdin for `-`. */
export async function bodyBytes(file: string): Promise<Buffer> {
  if (file === '-') {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of process.stdin) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > MAX_BYTES) throw tooLarge('stdin');
    }
    return Buffer.concat(chunks);
  }
  try {
    const bytes = await readFile(file);
    if (bytes.length > MAX_BYTES) throw tooLarge(`'${file}'`);
    return bytes;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw usageError(`cannot read '${file}' (${code}); give a file with the request's body, or - for stdin`);
  }
}

function tooLarge(what: string): Error {
  return usageError(`${what} has more than 16 MiB: this is no body of a webhook`);
}

/**
 * The body as capture reads it. Without a content type the form of the text decides.
 * @throws `DATA_UNREADABLE` where the content type says JSON and the text is none
 */
export function readBody(bytes: Buffer, contentType: string | undefined): ReadBody {
  const text = decodeText(bytes);
  if (text.trim() === '') return { body: undefined, as: 'nothing' };
  const type = contentType ?? '';
  const multipart = multipartType(type, text);
  if (multipart !== undefined) return { body: multipartFields(Buffer.from(text), multipart) ?? {}, as: 'multipart' };
  const lower = type.toLowerCase();
  const body = parsedText(text, type === '' && LONE_FIELD.test(text.trim()) ? FORM : lower);
  if (body !== undefined) return { body, as: isJson(text) ? 'json' : 'form' };
  if (lower.includes('json') || (type === '' && /^\s*[{[]/.test(text))) throw noJson(text);
  return { body: text, as: 'text' };
}

const FORM = 'application/x-www-form-urlencoded';
/** A form of one field, which capture treats as a form only under a form's content type. */
const LONE_FIELD = /^[\w.%+[\]-]+=[^\s]*$/;

/** The content type with the boundary of the parts; of a file without one, the boundary is its first line. */
function multipartType(type: string, text: string): string | undefined {
  if (/boundary=/i.test(type)) return /^multipart\//i.test(type) ? type : undefined;
  if (type !== '' && !/^multipart\//i.test(type)) return undefined;
  const first = /^\s*--([^\r\n]{1,200})\r?\n/.exec(text)?.[1];
  return first === undefined ? undefined : `multipart/form-data; boundary="${first}"`;
}

function isJson(text: string): boolean {
  return parsedJson(text) !== undefined;
}

function noJson(text: string): Error {
  try {
    JSON.parse(text);
  } catch (error) {
    const why = (error as Error).message.slice(0, 200);
    const message = `The body is no JSON (${why}). If it is something else, name its --content-type.`;
    return new TraceCollectorError('DATA_UNREADABLE', message, { cause: error });
  }
  return new TraceCollectorError('DATA_UNREADABLE', 'The body is no JSON.');
}
