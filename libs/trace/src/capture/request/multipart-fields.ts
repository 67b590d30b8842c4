import { addField } from './body-text.js';

const MAX_FIELDS = 200;
const MAX_FIELD_HEAD = 1_024;
const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * The text fields in the beginning of a `multipart/form-data` body, files left out; a field that occurs twice is an
 * array. A field whose end is not in `bytes` is left out.
 * @returns `undefined`: the content type has no boundary, or there is no whole field
 */
export function multipartFields(bytes: Buffer, contentType: string): Record<string, unknown> | undefined {
  const boundary = /boundary=(?:"([^"]{1,200})"|([^\s;,]{1,200}))/i.exec(contentType);
  if (!boundary) return undefined;
  const delimiter = Buffer.from(`--${boundary[1] ?? boundary[2]}`);
  const fields = new Map<string, unknown>();
  let at = bytes.indexOf(delimiter);
  for (let n = 0; at !== -1 && n < MAX_FIELDS; n += 1) {
    const start = at + delimiter.length;
    const next = bytes.indexOf(delimiter, start);
    if (next === -1) break;
    addPart(fields, bytes.subarray(start, next));
    at = next;
  }
  // `fromEntries` defines its properties: a field `__proto__` is a field.
  return fields.size === 0 ? undefined : (Object.fromEntries(fields) as Record<string, unknown>);
}

/** @param part from behind its delimiter to the next one */
function addPart(fields: Map<string, unknown>, part: Buffer): void {
  const headEnd = part.indexOf(HEAD_END);
  if (headEnd === -1 || headEnd > MAX_FIELD_HEAD) return;
  const head = part.toString('utf8', 0, headEnd);
  const name = /\bname="([^"\r\n]{1,200})"/i.exec(head.replace(/\bfilename\*?=/gi, 'file='))?.[1];
  if (name === undefined || /\bfilename\*?=/i.test(head)) return;
  // The line end before the delimiter belongs to the delimiter.
  addField(fields, name, part.toString('utf8', headEnd + HEAD_END.length, part.length - 2));
}
