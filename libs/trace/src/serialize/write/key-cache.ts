import type { Redaction } from '../redact/redaction.js';
import { wellFormed } from '../values/text.js';

/** A key as JSON with its colon. */
export interface KeyText {
  readonly json: string;
  readonly bytes: number;
}

const MAX_KEY = 256;
/** Applications use the same few keys again and again; the bounds are for those that use data as keys. */
const CACHE_SIZE = 2_000;
const CACHED_LENGTH = 64;

/** Keys, redacted and escaped once: a key may hold a secret too. */
export class KeyCache {
  private readonly known = new Map<string, KeyText>();

  constructor(private readonly redaction: Redaction) {}

  get(key: string): KeyText {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const json = `${JSON.stringify(wellFormed(this.redaction.string(key, MAX_KEY)))}:`;
    const text = { json, bytes: Buffer.byteLength(json) };
    if (key.length <= CACHED_LENGTH) {
      if (this.known.size >= CACHE_SIZE) this.known.clear();
      this.known.set(key, text);
    }
    return text;
  }
}
