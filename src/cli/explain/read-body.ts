import { readFile } from 'node:fs/promises';
import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { usageError } from '../cli-error.js';

export type BodyFormat = 'json' | 'form' | 'multipart' | 'text' | 'nothing';

export interface ReadBody {
  body: unknown;
  /** How the bytes were read. */
  as: BodyFormat;
}

/** More is no webhook that a body parser would take. */
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
 * The body as an application's parsers give it to the dialects. Without a content type the form of the text decides.
 * @throws `DATA_UNREADABLE` where the content type says JSON and the text is none
 */
export function readBody(bytes: Buffer, contentType: string | undefined): ReadBody {
  const text = decoded(bytes);
  const type = contentType?.toLowerCase() ?? '';
  if (text.trim() === '') return { body: undefined, as: 'nothing' };
  if (type.includes('multipart/form-data') || (type === '' && /^--[^\r\n]+\r?\n/.test(text))) {
    return { body: multipart(text), as: 'multipart' };
  }
  if (type.includes('x-www-form-urlencoded')) return { body: form(text), as: 'form' };
  const looksLikeJson = /^\s*[{[]/.test(text);
  if (looksLikeJson || type.includes('json')) {
    try {
      return { body: JSON.parse(text) as unknown, as: 'json' };
    } catch (error) {
      if (type.includes('json') || type === '') {
        const why = (error as Error).message.slice(0, 200);
        throw new TraceCollectorError(
          'DATA_UNREADABLE',
          `The body is no JSON (${why}). If it is something else, name its --content-type.`,
          { cause: error },
        );
      }
    }
  }
  if (type === '' && /^[\w.%+[\]-]+=[^\s]*$/.test(text.trim())) return { body: form(text.trim()), as: 'form' };
  return { body: text, as: 'text' };
}

function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function form(text: string): object {
  return Object.fromEntries(new URLSearchParams(text)) as object;
}

/** The fields of a form of many parts; a file is its name. */
function multipart(text: string): object {
  const delimiter = /^--[^\r\n]+/.exec(text.trimStart())?.[0];
  if (delimiter === undefined) return {};
  const fields: [string, string][] = [];
  for (const part of text.split(delimiter).slice(1)) {
    const [, head = '', value = ''] = /^\r?\n([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(part) ?? [];
    const name = /\bname="([^"]*)"/i.exec(head)?.[1];
    const file = /\bfilename="([^"]*)"/i.exec(head)?.[1];
    if (name !== undefined) fields.push([name, file ?? value.replace(/\r?\n$/, '')]);
  }
  return Object.fromEntries(fields) as object;
}
