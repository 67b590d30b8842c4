import { inJson, unicodeEscape } from '../../model/text.js';
import { contactSlug } from '../../model/contact-id.js';

/** A shorter id is too common a text to search for in other traces. */
const MIN_MENTION = 5;
/** The end of an id that was shortened when it was recorded; see `contactIdOf`. */
const SHORTENED = /~[0-9a-f]{12}$/;
/** What U+FFFD replaced in a recorded id: a control character or half of a surrogate pair, as JSON writes them. */
const REPLACED = String.raw`(?:\xef\xbf\xbd|\\{1,4}u(?:00[0-9a-f]{2}|d[89a-f][0-9a-f]{2})|\\{1,4}[bfnrt]|\x7f|\xc2[\x80-\x9f]|(?:%[0-9a-f]{2}){1,3})`;

/**
 * The forms of an id in the lines of other traces: as it is, escaped by JSON once or twice, in ASCII, in URLs, and in trace
 * ids. Empty for an id that is too short, and for `unknown`.
 */
export function mentionsOf(contactId: string): Buffer[] {
  if (contactId === 'unknown') return [];
  const escaped = inJson(contactId);
  const ascii = contactId.replace(/[^\0-\x7f]/g, unicodeEscape);
  const url = encodeURIComponent(contactId.toWellFormed());
  const texts = [contactId, escaped, inJson(escaped), ascii, inJson(ascii), url, url.replaceAll('%20', '+')];
  if (SHORTENED.test(contactId)) texts.push(contactId.replace(SHORTENED, ''));
  texts.push(contactSlug(contactId));
  return Array.from(new Set(texts))
    .filter((text) => text.length >= MIN_MENTION)
    .map((text) => Buffer.from(text));
}

/** Forms of the id in `bytes` before its control characters were replaced. */
export function originalsIn(bytes: Buffer, contactId: string): Buffer[] {
  if (!contactId.includes('\ufffd') || contactId.length < MIN_MENTION) return [];
  const pieces = contactId.split('\ufffd').map((piece) => Buffer.from(inJson(piece)).toString('latin1'));
  const pattern = new RegExp(pieces.map(literal).join(REPLACED), 'gi');
  const found = new Set(bytes.toString('latin1').match(pattern) ?? []);
  return Array.from(found, (text) => Buffer.from(text, 'latin1'));
}

function literal(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`);
}
