import { redactAssignments } from './assignments.js';
import { hidesField } from './hidden-fields.js';
import { REDACTED } from './redacted.js';
import { compilePaths, type PathRule } from './redact-paths.js';
import { keyJudge } from './secret-keys.js';
import { namesSecret, namesSecretByEquals, type KeyJudge } from './secret-names.js';
import { hasSecretAtColon, hasSecretLook, isSecretId, redactSecretLooks } from './secret-patterns.js';
import { ANY_MARK, COLON, EQUALS, marksOf } from './secret-bigrams.js';
import { cutText } from '../values/text.js';

/** Rules for hiding data, in addition to the built-in ones. */
export interface RedactOptions {
  /**
   * Keys whose values are hidden at any depth. Text matches a whole key, ignoring case, `-`, `_` and `.`; a RegExp is
   * tested against the key as it is. Default: none beside the built-in ones.
   */
  keys?: (string | RegExp)[];
  /** What matches inside any string is replaced. Flags `g` and `y` make no difference. Default: none. */
  patterns?: RegExp[];
  /** Places from the root of a recorded value: `customer.email`, `messages[*].text`, `**.email`. Default: none. */
  paths?: string[];
  /** `full` keeps values; `none` keeps keys, shapes and sizes only: `"[string 23]"`. Default: `full`. */
  content?: 'full' | 'none';
}

/** The rules, compiled once. */
export interface Redaction {
  readonly content: 'full' | 'none';
  /** The verdict on a key: `SECRET` hides every value, `COUNTABLE` texts only, `OPEN` none. */
  readonly judge: KeyJudge;
  /** `undefined` where no paths are given. */
  readonly paths: PathRule | undefined;
  /** Whether a text with these marks may hold a secret of any kind, or a match of one of the caller's patterns. */
  suspectsText(text: string, marks: number): boolean;
  /** The caller gave patterns. */
  readonly hasPatterns: boolean;
  /**
   * Whether one of these texts, with a quote between any two, may hold a secret of any kind. It is so wherever
   * `suspectsText` is for one of them; the caller's patterns are not asked.
   */
  suspectsTexts(texts: string): boolean;
  /** Whether an id, which is otherwise recorded as it is, is a secret or holds one. */
  hidesId(id: string): boolean;
  /** `text` without its secrets, cut to `maxLength` UTF-16 units with a note; only its length, where it has millions. */
  string(text: string, maxLength: number): string;
}

/** UTF-16 units of the shortest text that is searched. Shorter texts hold no secret that differs from a word: `pin: 12`. */
export const LEAST_SECRET = 7;

/**
 * Characters of the longest text that is read. Before V8 reads a concatenated text it joins all pieces, 0.8 ms for a million
 * characters; of a longer text only the length is recorded.
 */
const MOST_JOINED = 4_000_000;

/** Characters read beyond the cut: a secret across the cut is recognised only as a whole. */
const OVERLAP = 512;

export function compileRedaction(options: RedactOptions = {}): Redaction {
  const judge = keyJudge(options.keys);
  const patterns = (options.patterns ?? []).map((p) => new RegExp(p.source, `${p.flags.replace(/[gy]/g, '')}g`));
  const matchesPattern = (text: string): boolean => patterns.some((p) => text.search(p) >= 0);

  const suspectsText = (text: string, marks: number): boolean => {
    if (patterns.length > 0 && matchesPattern(text)) return true;
    if ((marks & ANY_MARK) === 0 || text.length < LEAST_SECRET) return false;
    return (
      hasSecretLook(text, marks) ||
      ((marks & COLON) !== 0 && hasSecretAtColon(text, judge)) ||
      ((marks & EQUALS) !== 0 && namesSecretByEquals(text, judge))
    );
  };

  const clean = (text: string): string => {
    if (!suspectsText(text, marksOf(text))) return text;
    let out = redactNamed(redactSecretLooks(text), judge);
    for (const pattern of patterns) out = out.replace(pattern, REDACTED);
    return out;
  };

  return {
    content: options.content ?? 'full',
    judge,
    paths: compilePaths(options.paths ?? []),
    suspectsText,
    hasPatterns: patterns.length > 0,
    suspectsTexts: (texts) =>
      hasSecretLook(texts) || hasSecretAtColon(texts, judge) || namesSecretByEquals(texts, judge),
    hidesId: (id) => isSecretId(id) || matchesPattern(id) || redactNamed(id, judge) !== id,
    string(text, maxLength) {
      if (text.length <= maxLength) return clean(text);
      if (text.length > MOST_JOINED) return `[string ${text.length} chars]`;
      return cutText(clean(text.slice(0, maxLength + OVERLAP)), maxLength, text.length - maxLength);
    },
  };
}

/** Secrets in a text by the names they are given: exactly, where the text is JSON; by reading along, where it is not. */
function redactNamed(text: string, judge: KeyJudge): string {
  if (!namesSecret(text, judge)) return text;
  return redactNamedInJson(text, judge) ?? redactAssignments(text, judge);
}

/** `undefined`: not JSON. A text in which nothing had to be hidden stays as it was written. */
function redactNamedInJson(text: string, judge: KeyJudge): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  let hidden = false;
  try {
    const clean = JSON.stringify(JSON.parse(text), function (this: object, key: string, value: unknown) {
      // An array's keys are indexes, which are no names.
      const replaced = hidesField(judge, this, judge(key), value)
        ? REDACTED
        : typeof value === 'string'
          ? redactNamed(value, judge)
          : value;
      hidden ||= replaced !== value;
      return replaced;
    });
    return hidden ? clean : text;
  } catch {
    return undefined;
  }
}
