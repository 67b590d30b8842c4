import { REDACTED } from './redacted.js';
import { isSecretName, judgeInText, type KeyJudge } from './secret-names.js';
import { COUNTABLE, PAIRED } from './secret-keys.js';

/**
 * Secrets that free text gives by name: `?token=x`, `password: x`, `{"secret":"x"}` inside a string, `{ apiKey: 'x' }`
 * as inspect prints it. Such text need not be well-formed, so this reads only names, one mark and one value; where the
 * value is an object or an array, or a quote does not close, all the rest is dropped.
 */
const NAME_AND_MARK =
  /((?:(?:api|access|secret|private) )?(?<![\p{L}\d_$-])[\p{L}\d_$-]{1,64})((?:%22|%5d|[\\"'`\]])*\s*(?:=>|%3[ad]|[:=])\s*)/giu;

/** Names that prose uses before any text: `Session: tomorrow at 5`. Elsewhere they name secrets. */
const PROSE_NAME = /^(?:session|sess|auth|pass|sig|pan|bearer)$/i;
/** Texts about a secret, or in place of one: `token: null`, `invalid token: jwt expired`. */
const PROSE_VALUE =
  /^(?:null|undefined|true|false|none|nil|required|missing|invalid|expired|empty|revoked|malformed|incorrect|wrong|not|no|must|should|is|was|the|a|an|too|jwt|string|number|unauthorized|forbidden|unknown|field)[.,;]?$/i;

/** `text` with the values of named secrets replaced. */
export function redactAssignments(text: string, judge: KeyJudge): string {
  let out = '';
  let done = 0;
  const names = new RegExp(NAME_AND_MARK.source, NAME_AND_MARK.flags);
  for (let match = names.exec(text); match !== null; match = names.exec(text)) {
    const [whole, name = '', mark = ''] = match;
    const verdict = judgeInText(text, match.index, name, judge, /^[^:>]*=(?!>)/.test(mark));
    if (!isSecretName(verdict) || verdict === PAIRED) continue;
    const value = valueAt(text, match.index + whole.length, name, mark);
    if (value.from >= value.to || (verdict === COUNTABLE && !isText(text, match.index + whole.length))) continue;
    out += text.slice(done, value.from) + REDACTED;
    done = names.lastIndex = value.to;
  }
  return done === 0 ? text : out + text.slice(done);
}

/** A quoted value or a list of them; not a count under the same names. */
function isText(text: string, at: number): boolean {
  return text[at] === '[' || matchAt(OPEN_QUOTE, text, at) !== '';
}

interface Range {
  from: number;
  to: number;
}

/** Names whose value is a whole line: `Cookie: a=1; b=2`. */
const LINE_NAMES = /^(?:proxy-)?authorization$|cookie$/i;
const OPEN_QUOTE = /\\*["'`]|%22/y;
const BARE = /[^\s&;,"'`<>(){}[\]\\|]+/y;
const ENCODED = /(?:(?!%(?:2[26C]|7D|5D|0A))[^\s&;,"'`<>(){}[\]\\|])+/iy;
const LINE = /[^\r\n"'`\\}]+/y;

function valueAt(text: string, start: number, name: string, mark: string): Range {
  const nothing = { from: start, to: start };
  if (text.startsWith(REDACTED, start)) return nothing;
  const quote = matchAt(OPEN_QUOTE, text, start);
  if (quote !== '') {
    const from = start + quote.length;
    return text.startsWith(REDACTED, from) ? nothing : { from, to: closing(text, from, quote) };
  }
  if (text[start] === '{' || text[start] === '[') return { from: start, to: text.length };
  const isLine = mark.includes(':') && LINE_NAMES.test(name);
  const value = matchAt(isLine ? LINE : mark.includes('%') ? ENCODED : BARE, text, start);
  const isProse = /^:\s/.test(mark) && (PROSE_NAME.test(name) || PROSE_VALUE.test(value));
  return isProse || PROSE_STATE.test(value) ? nothing : { from: start, to: start + value.length };
}

const PROSE_STATE = /^(?:null|undefined|true|false|none|nil)$/i;

function matchAt(expression: RegExp, text: string, at: number): string {
  expression.lastIndex = at;
  return expression.exec(text)?.[0] ?? '';
}

/** Where the string that `quote` opened ends: at the same quote with as many backslashes before it. */
function closing(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    const escaped = quote.startsWith('\\') ? text[at - 1] === '\\' : oddBackslashes(text, at, from);
    if (!escaped) return at;
  }
  return text.length;
}

function oddBackslashes(text: string, at: number, from: number): boolean {
  let count = 0;
  while (at - 1 - count >= from && text[at - 1 - count] === '\\') count++;
  return count % 2 === 1;
}
