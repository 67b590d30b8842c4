import type { Redaction } from '../redact/redaction.js';
import { wellFormed } from '../values/text.js';
import { Generations } from '../values/generations.js';

/** A key as JSON with its colon. */
export interface KeyText {
  readonly json: string;
  readonly bytes: number;
}

const MAX_KEY = 256;
/** Applications use the same few keys again and again; the bounds are for those that use data as keys. */
const CACHE_SIZE = 1_000;
const CACHED_LENGTH = 64;

/** Keys, redacted and escaped once: a key may hold a secret too. */
export class KeyCache {
  private readonly known = new Generations<KeyText>(CACHE_SIZE);

  constructor(private readonly redaction: Redaction) {}

  get(key: string): KeyText {
    if (key.length > CACHED_LENGTH) return this.textOf(key);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const text = this.textOf(key);
    this.known.set(key, text);
    return text;
  }

  private textOf(key: string): KeyText {
    const json = `${JSON.stringify(wellFormed(this.redaction.string(key, MAX_KEY)))}:`;
    return { json, bytes: Buffer.byteLength(json) };
  }
}
