import { shortHash } from './hash.js';

/** The longest contact id that is recorded, in UTF-16 code units. */
export const MAX_CONTACT_ID = 256;
/** The longest part of a trace id that names the contact. */
const MAX_SLUG = 64;
/** Length of the `shortHash` that replaces the characters that an id cannot have. */
const HASH_DIGITS = 12;

/** The contact id of a trace without a contact. */
export const UNKNOWN_CONTACT = 'unknown';

// eslint-disable-next-line no-control-regex
const UNSHOWABLE = /[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/gu;
const ASCII = /^[A-Za-z0-9.@+_ :-]*$/;
/** Most ids: nothing to replace, nothing to cut. */
const PLAIN = /^[!-~][ -~]{0,255}$/;

/**
 * The contact id that is recorded for `value`. Capture, queries, filters, routes, commands and erase all use this
 * function, so what one of them accepts all others find. It is idempotent.
 *
 * Control characters and lone surrogates become U+FFFD. An id of more than 256 characters keeps its first 243 and ends
 * in `~` and 12 hex digits of the SHA-256 of all of it, so that two long ids with the same beginning stay two contacts.
 *
 * @param value a text, a number or a bigint
 * @returns `undefined` for a blank text and for any other type: this is no contact
 * @example contactIdOf('a\u0007b') // 'a\ufffdb'
 */
export function contactIdOf(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  if (PLAIN.test(text)) return text;
  if (text.trim() === '') return undefined;
  const shown = text.length > MAX_CONTACT_ID ? shortened(text) : text;
  return shown.replace(UNSHOWABLE, '\ufffd');
}

function shortened(text: string): string {
  return `${text.slice(0, MAX_CONTACT_ID - HASH_DIGITS - 1)}~${shortHash(text)}`;
}

/**
 * The contact as part of a trace id: 1 to 64 of `[A-Za-z0-9.-]`, with no `-` or `.` at either end.
 *
 * In a contact made of `[A-Za-z0-9.@+_ :-]` the other characters become `-` and runs of `-` are folded. Any other
 * contact is `c` and 12 hex digits of its SHA-256, so that two names in another script do not become one id. A slug of
 * more than 64 characters keeps its beginning and ends in 12 of these digits. No contact is `unknown`.
 *
 * @example contactSlug('+52 155 1234') // '52-155-1234'
 */
export function contactSlug(contact: string | undefined): string {
  if (contact === undefined || contact === '') return UNKNOWN_CONTACT;
  if (!ASCII.test(contact)) return `c${shortHash(contact)}`;
  const slug = trimmed(contact.replace(/[^A-Za-z0-9.]+/g, '-'));
  if (slug === '') return `c${shortHash(contact)}`;
  return slug.length > MAX_SLUG ? `${trimmed(slug.slice(0, MAX_SLUG - HASH_DIGITS - 1))}-${shortHash(contact)}` : slug;
}

function trimmed(slug: string): string {
  let from = 0;
  let to = slug.length;
  while (from < to && isEdge(slug.charCodeAt(from))) from += 1;
  while (to > from && isEdge(slug.charCodeAt(to - 1))) to -= 1;
  return slug.slice(from, to);
}

/** `-` or `.` */
function isEdge(code: number): boolean {
  return code === 0x2d || code === 0x2e;
}
