import type { Serializer } from '../../serialize/serializer.js';

/** Characters kept of a name. */
export const MAX_NAME = 200;
/** An application has a few hundred names; the bounds are for those that put data into them. */
const CACHE_SIZE = 1_000;
const PLAIN = /^[\w.:/ -]{1,100}$/;

/** Names of events, spans and types, redacted once each: they come from code nearly always, and may hold a secret. */
export class NameTexts {
  private readonly known = new Map<string, string>();

  constructor(private readonly serializer: Serializer) {}

  /** A name of an odd form is content, which `redact.content: 'none'` hides. */
  get(name: unknown): string {
    if (typeof name !== 'string' || !PLAIN.test(name)) return this.serializer.text(name, MAX_NAME);
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const text = this.serializer.name(name);
    if (this.known.size >= CACHE_SIZE) this.known.clear();
    this.known.set(name, text);
    return text;
  }
}
