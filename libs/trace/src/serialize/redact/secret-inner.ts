import { REDACTED } from './redacted.js';
import { INNER_LOOKS, NO_WORD_BEFORE } from './secret-looks.js';
import { matchesAt, someAt } from './text-search.js';

/** One look of `INNER_LOOKS`. */
interface Inner {
  readonly anchor: string;
  /** Where the needle is in the anchor. */
  readonly offset: number;
  /** Matches at the anchor. */
  readonly at: RegExp;
  readonly whole: RegExp;
}

/**
 * The secrets without a prefix whose middle has a rare character. They are looked for by that character; the one before
 * or after it rules nearly all others out. A table of Markdown has hundreds of `|`.
 */
export class InnerFinder {
  private readonly looks: Inner[] = [];
  /** By two characters, of which the needle is one: `(first << 7) | second`. */
  private readonly pairs = new Uint8Array(128 * 128);

  constructor(private readonly needle: string) {
    for (const { before, anchor, after, pair } of INNER_LOOKS) {
      const offset = anchor.indexOf(needle);
      if (offset < 0) continue;
      const middle = anchor.replace(/[.|]/, '\\$&');
      // What follows is looked at first: going back through a text takes longer.
      const at = new RegExp(`${middle}(?=${after})(?<=${NO_WORD_BEFORE}${before}${middle})`, 'y');
      this.looks.push({ anchor, offset, at, whole: new RegExp(NO_WORD_BEFORE + before + middle + after, 'g') });
      for (const a of pair[0]) for (const b of pair[1]) this.pairs[(a.charCodeAt(0) << 7) | b.charCodeAt(0)] = 1;
    }
  }

  suspect(text: string): boolean {
    return someAt(text, this.needle, isInnerAt, this);
  }

  /** Whether the needle at this place belongs to a secret. */
  isAt(text: string, at: number): boolean {
    const before = text.charCodeAt(at - 1);
    const needle = text.charCodeAt(at);
    const after = text.charCodeAt(at + 1);
    const isPair =
      (before < 128 && this.pairs[(before << 7) | needle] === 1) ||
      (after < 128 && this.pairs[(needle << 7) | after] === 1);
    return isPair && this.looks.some((look) => fits(look, text, at - look.offset));
  }

  redact(text: string): string {
    let clean = text;
    for (const { whole } of this.looks) clean = clean.replace(whole, REDACTED);
    return clean;
  }
}

const isInnerAt = (text: string, at: number, finder: InnerFinder): boolean => finder.isAt(text, at);

function fits({ anchor, at }: Inner, text: string, start: number): boolean {
  return start >= 0 && text.startsWith(anchor, start) && matchesAt(at, text, start);
}
