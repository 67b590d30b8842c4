import { secretKeyTest } from './secret-keys.js';
import { scrub } from './secret-patterns.js';

export const REDACTED = '[REDACTED]';

/** What to hide, on top of the built-in rules. */
export interface RedactOptions {
  /**
   * Keys whose values are hidden at any depth. Text matches a whole key, ignoring case, `-` and `_`; a RegExp is
   * tested against the key as it stands.
   */
  keys?: (string | RegExp)[];
  /** What matches inside any string is replaced. Flags `g` and `y` make no difference. */
  patterns?: RegExp[];
  /** Places from the root of a recorded value: `customer.email`, `messages[*].text`, `**.email`. */
  paths?: string[];
  /** `full` (default) keeps values; `none` keeps keys, shapes and sizes only: `"[string 23]"`. */
  content?: 'full' | 'none';
}

/** The rules, compiled once. */
export interface Redaction {
  readonly content: 'full' | 'none';
  /** Whether a value under `key` is hidden. */
  isSecretKey(key: string): boolean;
  /** `text` without its secrets, cut to `maxLength` UTF-16 units with a note. */
  string(text: string, maxLength: number): string;
}

export function compileRedaction(options: RedactOptions, _maxStringLength: number): Redaction {
  const isSecretKey = secretKeyTest(options.keys ?? []);
  const patterns = (options.patterns ?? []).map((p) => new RegExp(p.source, p.flags.replace(/[gy]/g, '') + 'g'));
  return {
    content: options.content ?? 'full',
    isSecretKey,
    string(text, maxLength) {
      const cut = text.length > maxLength ? text.slice(0, maxLength) : text;
      let clean = scrub(cut);
      for (const pattern of patterns) clean = clean.replace(pattern, REDACTED);
      return cut === text ? clean : `${clean}…[+${text.length - maxLength} chars]`;
    },
  };
}
