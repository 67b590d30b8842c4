import type { JsonBytes } from '../../model/json-bytes.js';
import type { Limits } from '../limits.js';
import type { Redaction } from '../redact/redaction.js';
import { BEYOND, CAREFUL, NativeWalk, type Refusal } from './native-walk.js';
import type { ShapeCache } from './shape-cache.js';

// An application may replace it, by code of its own.
const { stringify } = JSON;
const { getPrototypeOf } = Object;
const PLAIN = Object.prototype;
const LIST = Array.prototype;

/** `JSON.stringify` writes half a surrogate pair so; this room writes U+FFFD. */
const HALF_PAIR = '\\ud';

/**
 * Writes with `JSON.stringify` what it writes as `PlainWriter` does. A walk over the value asks where it would not, and all
 * texts are searched for secrets together; a value with a text that may hold one is refused. Searching 1 KB of texts at once
 * takes 1 µs; a loop over the characters takes 3.
 */
export class NativeWriter {
  private readonly walk: NativeWalk;

  constructor(
    private readonly out: JsonBytes,
    private readonly limits: Limits,
    private readonly redaction: Redaction,
    shapes: ShapeCache,
  ) {
    this.walk = new NativeWalk(limits, redaction, shapes);
  }

  /** Whether these rules can be followed by this writer. */
  static follows({ content, paths, hasPatterns }: Redaction): boolean {
    return content === 'full' && paths === undefined && !hasPatterns;
  }

  /** `true`: written. Otherwise, who may write it: `PlainWriter`, or no writer of ordinary values. */
  write(value: unknown): true | Refusal {
    // Few things may be put between an array and `Object.prototype`; a proxy would run code of the application.
    if (typeof value !== 'object' || value === null || getPrototypeOf(LIST) !== PLAIN) return CAREFUL;
    const { walk } = this;
    try {
      const shown = walk.walk(value);
      if (shown === BEYOND || shown === CAREFUL) return shown;
      if (this.redaction.suspectsTexts(walk.texts)) return CAREFUL;
      return this.put(stringify(shown));
    } catch {
      // The stack ended, or the platform refuses to read a property.
      return CAREFUL;
    } finally {
      walk.clear();
    }
  }

  private put(json: string): true | Refusal {
    if (json.includes(HALF_PAIR)) return CAREFUL;
    this.out.start();
    this.out.writeText(json);
    return this.out.at <= this.limits.maxEventBytes ? true : BEYOND;
  }
}
