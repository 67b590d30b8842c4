import { isDigit, matchesAt, someAt } from './text-search.js';
import { COUNTABLE, foldKey, PAIRED, SECRET, SESSION_NAMES, type KeyVerdict } from './secret-keys.js';

export type KeyJudge = (key: string) => KeyVerdict;

/** Whether a secret's name and a mark (`:`, `=`, or one of them percent-encoded) occur in `text`. Errs towards yes. */
export function namesSecret(text: string, judge: KeyJudge): boolean {
  return someAt(text, ':', isNameBefore, judge) || namesSecretByEquals(text, judge);
}

export function namesSecretByEquals(text: string, judge: KeyJudge): boolean {
  return someAt(text, '=', isNameBefore, judge) || someAt(text, '%3', isNameBefore, judge);
}

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const EQUALS = 0x3d;
const COLON = 0x3a;
const SLASH = 0x2f;
const DOT = 0x2e;
const QUESTION = 0x3f;
const AMPERSAND = 0x26;
const MAX_NAME = 64;
/** Blanks, quotes and the backslashes of escaped quotes are allowed between a name and its mark. */
const BETWEEN = new Uint8Array(128);
for (const character of ' \t\r\n"\'`\\]') BETWEEN[character.charCodeAt(0)] = 1;

/** Whether the name before a mark is a secret's. */
export function isNameBefore(text: string, mark: number, judge: KeyJudge): boolean {
  if (text.charCodeAt(mark) === COLON && text.charCodeAt(mark + 1) === SLASH) {
    // Most of these are addresses; their scheme need not be cut out of the text.
    if (text.startsWith('https', mark - 5) && (mark === 5 || !isOfName(text.charCodeAt(mark - 6)))) {
      return isSecretName(judge('https'));
    }
  }
  let end = mark;
  while (end > 0 && mark - end < 16 && BETWEEN[text.charCodeAt(end - 1)] === 1) end--;
  if (text.startsWith('%22', end - 3) || text.startsWith('%5D', end - 3)) end -= 3;
  const start = nameStart(text, end);
  // No name: a time of day, a list, an arrow.
  if (start === end || (isDigit(text.charCodeAt(end - 1)) && isDigit(text.charCodeAt(start)))) return false;
  if (isSecretName(judgeInText(text, start, text.slice(start, end), judge, text.charCodeAt(mark) === EQUALS)))
    return true;
  return isTwoWords(text, start, end) && isSecretName(judge(text.slice(nameStart(text, start - 1), end)));
}

/**
 * The verdict on a name at `start`, and on what is left of it without the escape that it may begin with.
 *
 * @param isEquals whether `=` follows: then a session is a cookie's, unless it is a parameter of a URL
 */
export function judgeInText(text: string, start: number, name: string, judge: KeyJudge, isEquals: boolean): KeyVerdict {
  const verdict = judge(name);
  if (isSecretName(verdict)) return verdict;
  const before = text.charCodeAt(start - 1);
  // `connect.sid`, `rack.session`: in a text the dot is no part of the name.
  if (before === DOT && (name === 'sid' || name === 'session')) return SECRET;
  if (isEquals && before !== QUESTION && before !== AMPERSAND && isSessionName(name)) return SECRET;
  // `\npin: 1` in a text that was escaped, `%5Bpin%5D=1` in one that was encoded.
  if (before === BACKSLASH) return judge(name.slice(1));
  return before === PERCENT ? judge(name.slice(2)) : verdict;
}

const S = 0x73;
const LETTERS = 0x41;
const UNDERSCORE = 0x5f;

/** Names of attributes come before `=` by the hundred, and folding takes longest: a session's begins with an `s`. */
function isSessionName(name: string): boolean {
  const first = name.charCodeAt(0);
  return ((first | 0x20) === S || first < LETTERS || first === UNDERSCORE) && SESSION_NAMES.has(foldKey(name));
}

/** Includes `PAIRED`: `value` may belong to a secret by the name beside it, which only the caller can see. */
export function isSecretName(verdict: KeyVerdict): boolean {
  return verdict === SECRET || verdict === COUNTABLE || verdict === PAIRED;
}

function nameStart(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start < MAX_NAME && isOfName(text.charCodeAt(start - 1))) start--;
  return start;
}

const LETTER = /\p{L}/u;

/** Letters of any script, digits, `-`, `_` and `$`. */
function isOfName(code: number): boolean {
  if (code > 0x7f) return LETTER.test(String.fromCharCode(code));
  return (
    ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || isDigit(code) || code === 0x2d || code === 0x5f || code === 0x24
  );
}

const KEY = /key/iy;

/** `API key: x`. */
function isTwoWords(text: string, start: number, end: number): boolean {
  return end - start === 3 && text[start - 1] === ' ' && matchesAt(KEY, text, start);
}
