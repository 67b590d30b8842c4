import { contactSlug } from '../../model/contact-id.js';

/** An id shorter than this is too common a text to be looked for in other traces. */
const MIN_MENTION = 5;
/** Ends an id that was too long to be recorded whole; see `contactIdOf`. */
const SHORTENED = /~[0-9a-f]{12}$/;
/** What an id may have had where it is recorded with U+FFFD: a control character or half a pair, as JSON writes them. */
const REPLACED = String.raw`(?:\xef\xbf\xbd|\\{1,4}u(?:00[0-9a-f]{2}|d[89a-f][0-9a-f]{2})|\\{1,4}[bfnrt]|\x7f|\xc2[\x80-\x9f]|(?:%[0-9a-f]{2}){1,3})`;

/**
 * The id as it may stand in the lines of other traces: itself, as JSON escapes it once or twice, in ASCII, as URLs have it,
 * and as trace ids do. Empty for an id that is too short, and for `unknown`.
 */
export function mentionsOf(contactId: string): Buffer[] {
  if (contactId === 'unknown') return [];
  const escaped = inJson(contactId);
  const ascii = contactId.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const url = encodeURIComponent(contactId.toWellFormed());
  const texts = [contactId, escaped, inJson(escaped), ascii, inJson(ascii), url, url.replaceAll('%20', '+')];
  if (SHORTENED.test(contactId)) texts.push(contactId.replace(SHORTENED, ''));
  texts.push(contactSlug(contactId));
  return Array.from(new Set(texts))
    .filter((text) => text.length >= MIN_MENTION)
    .map((text) => Buffer.from(text));
}

/** What the id was before its control characters were replaced, as far as `bytes` have it. */
export function originalsIn(bytes: Buffer, contactId: string): Buffer[] {
  if (!contactId.includes('\ufffd') || contactId.length < MIN_MENTION) return [];
  const pieces = contactId.split('\ufffd').map((piece) => Buffer.from(inJson(piece)).toString('latin1'));
  const pattern = new RegExp(pieces.map(literal).join(REPLACED), 'gi');
  const found = new Set(bytes.toString('latin1').match(pattern) ?? []);
  return Array.from(found, (text) => Buffer.from(text, 'latin1'));
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function literal(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`);
}
