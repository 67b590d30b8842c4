import { fillerFor } from '../../maintenance/erase/mask-lines.js';
import { folded } from '../../model/text.js';

/** A text and what replaces it, of the same length. */
export interface MaskedText {
  text: string;
  mask: string;
}

/** The texts of these mentions, as they are and as a text search has them. */
export function textsToMask(mentions: readonly Buffer[], contactId?: string): MaskedText[] {
  const given = mentions.map((text) => text.toString());
  // A row has the id as it is recorded; its forms in other encodings are in records only.
  if (contactId !== undefined && given.length > 0) given.push(contactId);
  const all = new Set(given.flatMap((text) => [text, folded(text)]));
  return Array.from(all)
    .toSorted((a, b) => b.length - a.length)
    .map((text) => ({ text, mask: String.fromCharCode(fillerFor(Buffer.from(text))).repeat(text.length) }));
}

/** The text with each of these replaced. */
export function maskText(text: string, wanted: readonly MaskedText[]): string {
  let masked = text;
  for (const { text: found, mask } of wanted) {
    if (masked.includes(found)) masked = masked.replaceAll(found, mask);
  }
  return masked;
}

/** JSON whose texts are masked, names included; its numbers stay. The same text where nothing is found. */
export function maskJson(json: string, wanted: readonly MaskedText[]): string {
  const value: unknown = JSON.parse(json);
  const masked = JSON.stringify(maskValue(value, wanted));
  return masked === JSON.stringify(value) ? json : masked;
}

function maskValue(value: unknown, wanted: readonly MaskedText[]): unknown {
  if (typeof value === 'string') return maskText(value, wanted);
  if (Array.isArray(value)) return value.map((item) => maskValue(item, wanted));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => [maskText(name, wanted), maskValue(item, wanted)]);
  return Object.fromEntries(entries);
}
