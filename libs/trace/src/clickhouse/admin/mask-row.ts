import { fillerFor } from '../../maintenance/erase/mask-lines.js';
import { folded } from '../../model/text.js';

/** A text and what replaces it, of the same length. */
interface Masked {
  text: string;
  mask: string;
}

/** Masks texts in the values of a row: in texts, in arrays of texts, and in JSON. */
export class RowMask {
  private readonly wanted: readonly Masked[];

  constructor(mentions: readonly Buffer[], contactId: string) {
    const given = mentions.map((text) => text.toString());
    // A row has the id as it is recorded; its other forms are in records only.
    if (given.length > 0) given.push(contactId);
    this.wanted = Array.from(new Set(given.flatMap((text) => [text, folded(text)])))
      .sort((a, b) => b.length - a.length)
      .map((text) => ({ text, mask: String.fromCharCode(fillerFor(Buffer.from(text))).repeat(text.length) }));
  }

  text(text: string): string {
    let masked = text;
    for (const { text: found, mask } of this.wanted) masked = masked.replaceAll(found, mask);
    return masked;
  }

  /** JSON whose texts are masked, names included; its numbers stay. */
  json(json: string): string {
    return JSON.stringify(this.value(JSON.parse(json)));
  }

  value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [this.text(name), this.value(item)]));
  }
}
