import { REDACTED } from './redacted.js';
import { PREFIX_LOOKS } from './secret-looks.js';
import { markOfPrefix } from './secret-bigrams.js';
import { matchesAt } from './text-search.js';

/** One prefix of `PREFIX_LOOKS`. */
interface Prefix {
  readonly text: string;
  /** Matches what follows the prefix. */
  readonly body: RegExp;
}

/**
 * The prefixes of one mark, found at their last character (`-`, `_`, `.`), or at their first two where the last is a letter.
 * `indexOf` finds these at memory speed, and the two characters beside a dash or a dot rule nearly all of them out.
 */
export class PrefixFinder {
  /** By two characters: `(before << 7) | last`, or `(first << 7) | second`. */
  private readonly prefixes = new Map<number, Prefix[]>();
  private readonly pairs = new Uint8Array(128 * 128);
  /** The texts to search for. */
  private readonly needles: readonly string[];

  /** @param atEnd whether a prefix is found at its last character */
  constructor(
    readonly mark: number,
    private readonly atEnd: boolean,
  ) {
    const needles = new Set<string>();
    for (const { prefixes, body } of PREFIX_LOOKS) {
      for (const text of prefixes.filter((prefix) => markOfPrefix(prefix) === mark)) {
        needles.add(this.needleOf(text));
        const pair = atEnd ? pairAt(text, text.length - 3) : pairAt(text, 0);
        this.pairs[pair] = 1;
        this.prefixes.set(pair, [...(this.prefixes.get(pair) ?? []), { text, body: new RegExp(body, 'y') }]);
      }
    }
    this.needles = [...needles];
  }

  /** Small letters are frequent in any text: such a prefix is searched as a whole. One search for `A` replaces six. */
  private needleOf(prefix: string): string {
    if (this.atEnd) return prefix.at(-1)!;
    return prefix.startsWith('A') ? 'A' : /^[A-Z]/.test(prefix) ? prefix.slice(0, 2) : prefix;
  }

  suspect(text: string): boolean {
    for (const needle of this.needles) {
      for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
        if (this.isAt(text, at)) return true;
      }
    }
    return false;
  }

  /** Whether the needle at this place belongs to a secret. */
  isAt(text: string, at: number): boolean {
    const pair = pairAt(text, this.atEnd ? at - 2 : at);
    return pair >= 0 && this.pairs[pair] === 1 && this.find(text, at) !== undefined;
  }

  redact(text: string): string {
    let clean = text;
    for (const needle of this.needles) clean = this.redactAt(clean, needle);
    return clean;
  }

  private redactAt(text: string, needle: string): string {
    let out = '';
    let done = 0;
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, Math.max(at + 1, done))) {
      const prefix = this.find(text, at);
      if (prefix === undefined) continue;
      const start = this.startOf(prefix, at);
      if (start < done) continue;
      prefix.body.lastIndex = start + prefix.text.length;
      const [body = ''] = prefix.body.exec(text) ?? [];
      out += text.slice(done, start) + REDACTED;
      done = start + prefix.text.length + body.length;
    }
    return done === 0 ? text : out + text.slice(done);
  }

  private startOf({ text }: Prefix, at: number): number {
    return this.atEnd ? at + 1 - text.length : at;
  }

  /** The prefix that ends or begins at `at` and is followed by what it asks for. */
  private find(text: string, at: number): Prefix | undefined {
    const pair = pairAt(text, this.atEnd ? at - 2 : at);
    return pair < 0 || this.pairs[pair] === 0 ? undefined : this.among(this.prefixes.get(pair)!, text, at);
  }

  private among(prefixes: Prefix[], text: string, at: number): Prefix | undefined {
    return prefixes.find((prefix) => {
      const start = this.startOf(prefix, at);
      const end = start + prefix.text.length;
      return (
        start >= 0 && text.startsWith(prefix.text, start) && isStart(text, start) && matchesAt(prefix.body, text, end)
      );
    });
  }
}

/** -1: no two ASCII characters. */
function pairAt(text: string, at: number): number {
  const first = text.charCodeAt(at);
  const second = text.charCodeAt(at + 1);
  return first < 128 && second < 128 ? (first << 7) | second : -1;
}

/** Before a secret there is no letter or digit, except an escape of JSON (`\n`, `\u003c`) or of URLs (`%20`). */
function isStart(text: string, at: number): boolean {
  return at === 0 || !/[A-Za-z0-9]/.test(text[at - 1]!) || ESCAPED.test(text.slice(Math.max(0, at - 6), at));
}
const ESCAPED = /(?:%[0-9A-Fa-f]{2}|\\[nrtbf]|\\u[0-9A-Fa-f]{4})$/;
