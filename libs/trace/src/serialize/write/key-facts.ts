import type { JsonPiece } from '../../model/json-pieces.js';
import type { KeyVerdict } from '../redact/secret-keys.js';
import type { Redaction } from '../redact/redaction.js';
import { Generations } from '../values/generations.js';
import { wellFormed } from '../values/text.js';

/** What is true of a key wherever it occurs. */
export interface KeyFacts {
  readonly key: string;
  readonly verdict: KeyVerdict;
  /** The key is written as `JSON.stringify` writes it: it holds no secret and no half surrogate pair. */
  readonly isPlain: boolean;
  /** The key as JSON, from the comma before it to the colon. Set when the key came twice. */
  json: JsonPiece | undefined;
  uses: number;
}

/** UTF-16 units kept of a key. */
export const MAX_KEY = 256;
const CACHE_SIZE = 2_000;
const CACHED_LENGTH = 64;

/** The facts of the keys of one writer. A key that was seen before is not judged again. */
export class KeyFactsCache {
  private readonly cache = new Generations<KeyFacts>(CACHE_SIZE);

  constructor(private readonly redaction: Redaction) {}

  /** `undefined`: a key that is seen for the first time. */
  known(key: string): KeyFacts | undefined {
    return key.length > CACHED_LENGTH ? undefined : this.cache.get(key);
  }

  /** The facts of a new key. */
  learn(key: string): KeyFacts {
    const { redaction } = this;
    const isPlain = redaction.string(key, MAX_KEY) === key && wellFormed(key) === key;
    const facts = { key, verdict: redaction.judge(key), isPlain, json: undefined, uses: 0 };
    if (key.length <= CACHED_LENGTH) this.cache.set(key, facts);
    return facts;
  }
}
