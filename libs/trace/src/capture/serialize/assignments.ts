import { REDACTED } from './redacted.js';
import { SECRET, type KeyVerdict } from './secret-keys.js';

type Judge = (key: string) => KeyVerdict;

/**
 * Secrets that free text gives by name: `?token=x`, `password: x`, `{"secret":"x"}` inside a string, `{ apiKey: 'x' }`
 * as inspect prints it. Such text need not be well-formed, so this reads only names, one separator and one value; where
 * the value is an object or an array, or a quote does not close, all the rest is dropped.
 */
const NAME_AND_MARK = /([\p{L}_$][\p{L}\d_$.-]{0,63})((?:%22|\\*["'`])?\s*(?:=>|%3[AaDd]|[:=])\s*)/gu;

const WORD = 'passw|secret|token|api.?key|cookie|authoriz|contrase|credent|signatu';
const NAMED = new RegExp(`(?:${WORD})`, 'i');

/** A secret's word and a mark that is no JSON key's: JSON's own keys end in a bare quote. */
const NAMED_IN_JSON = new RegExp(`(?:${WORD})[\\w$.-]{0,40}(?:\\\\+["'\`]|['\`]|%22)?\\s*(?:[:=]|%3[ad])`, 'i');
const QUOTED_IN_JSON = /\\["'`]\s*(?:[:=]|\\)/;

/** Whether `text` may name a secret. Errs towards yes: names that are no ordinary words need a quote or a `=` after them. */
export function mayAssign(text: string): boolean {
  return text.includes('=') || text.includes('"') || NAMED.test(text);
}

/** The same of the texts inside the JSON text `json`, its own keys left out. `=` and `\"` are found at memory speed. */
export function mayAssignInJson(json: string): boolean {
  return json.includes('=') || (json.includes('\\"') && QUOTED_IN_JSON.test(json)) || NAMED_IN_JSON.test(json);
}

/** Whether a secret's name with a value after it stands in `text`; JSON's own keys are taken for names too. */
export function assignsSecret(text: string, judge: Judge): boolean {
  for (const { 1: name } of text.matchAll(NAME_AND_MARK)) if (judge(tail(name!)) === SECRET) return true;
  return false;
}

export function redactAssignments(text: string, judge: Judge): string {
  let out = '';
  let done = 0;
  const names = new RegExp(NAME_AND_MARK.source, NAME_AND_MARK.flags);
  for (let match = names.exec(text); match !== null; match = names.exec(text)) {
    const name = tail(match[1]!);
    if (judge(name) !== SECRET) continue;
    const start = match.index + match[0].length;
    const end = valueEnd(text, start, name, match[2]!);
    if (end.from >= end.to || text.startsWith(REDACTED, end.from)) continue;
    out += text.slice(done, end.from) + REDACTED;
    done = names.lastIndex = end.to;
  }
  return done === 0 ? text : out + text.slice(done);
}

/** `response.config.token` is about its last word. */
function tail(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Names whose value is a whole line: `Cookie: a=1; b=2`. */
const LINE_NAMES = /^(?:proxy-)?authorization$|cookie$/i;
const OPEN_QUOTE = /\\*["'`]|%22/y;
const BARE = /[^\s&;,"'`<>(){}[\]\\|]+/y;
const LINE = /[^\r\n"'`\\}]+/y;

function valueEnd(text: string, start: number, name: string, mark: string): { from: number; to: number } {
  OPEN_QUOTE.lastIndex = start;
  const quote = OPEN_QUOTE.exec(text)?.[0];
  if (quote !== undefined) {
    const from = start + quote.length;
    return { from, to: closing(text, from, quote) };
  }
  const first = text[start];
  if (first === '{' || first === '[')
    return text.startsWith(REDACTED, start) ? none(start) : { from: start, to: text.length };
  const value = mark.includes(':') && LINE_NAMES.test(name) ? LINE : BARE;
  value.lastIndex = start;
  const found = value.exec(text)?.[0] ?? '';
  // What reads like a state, not like a secret, is no secret: `token: null`, `password: true`.
  if (/^(?:null|undefined|true|false|None|True|False|nil)$/.test(found)) return none(start);
  return { from: start, to: start + found.length };
}

function none(start: number): { from: number; to: number } {
  return { from: start, to: start };
}

/** Where the string that `quote` opened ends: at the same quote with the same number of backslashes before it. */
function closing(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    if (quote[0] === '\\' ? text[at - 1] !== '\\' : evenBackslashes(text, at, from)) return at;
  }
  return text.length;
}

function evenBackslashes(text: string, at: number, from: number): boolean {
  let count = 0;
  while (at - 1 - count >= from && text[at - 1 - count] === '\\') count++;
  return count % 2 === 0;
}
