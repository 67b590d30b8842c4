import { fillerFor } from './mask-lines.js';
import { folded } from '../../model/text.js';

/** A text that is replaced, or a pattern of it. */
export interface MaskedText {
  find: string | RegExp;
  /** One character: the replacement has the length of what is found. */
  filler: string;
}

/** What U+FFFD replaced in a recorded id: a control character or half of a surrogate pair. */
const REPLACED = String.raw`[\u0000-\u001f\u007f-\u009f\ufffd\ud800-\udfff]`;

/** The texts of these mentions, as they are and as a text search has them. */
export function textsToMask(mentions: readonly Buffer[], contactId?: string): MaskedText[] {
  const given = mentions.map((text) => text.toString());
  // A row has the id as it is recorded; its forms in other encodings are in records only.
  if (contactId !== undefined && given.length > 0) given.push(contactId);
  const all = new Set(given.flatMap((text) => [text, folded(text)]));
  const texts = Array.from(all).toSorted((a, b) => b.length - a.length);
  return texts.map((text) => ({
    find: text.includes('\ufffd') ? originalOf(text) : text,
    filler: String.fromCharCode(fillerFor(Buffer.from(text))),
  }));
}

/** The text with each of these replaced. */
export function maskText(text: string, wanted: readonly MaskedText[]): string {
  let masked = text;
  for (const { find, filler } of wanted) {
    if (typeof find === 'string' && !masked.includes(find)) continue;
    masked = masked.replaceAll(find, (found) => filler.repeat(found.length));
  }
  return masked;
}

/** JSON whose texts are masked, names included; its numbers stay. The same text where nothing is found. */
export function maskJson(json: string, wanted: readonly MaskedText[]): string {
  const value: unknown = JSON.parse(json);
  const masked = JSON.stringify(maskValue(value, wanted));
  return masked === JSON.stringify(value) ? json : masked;
}

/** The value with its texts masked, names included; its numbers stay. */
export function maskValue(value: unknown, wanted: readonly MaskedText[]): unknown {
  if (typeof value === 'string') return maskText(value, wanted);
  if (Array.isArray(value)) return value.map((item) => maskValue(item, wanted));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => [maskText(name, wanted), maskValue(item, wanted)]);
  return Object.fromEntries(entries);
}

function originalOf(text: string): RegExp {
  const pieces = text.split('\ufffd').map((piece) => piece.replace(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`));
  return new RegExp(pieces.join(REPLACED), 'g');
}
