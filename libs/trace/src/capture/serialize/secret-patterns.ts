import { hasCardNumber, redactCardNumbers } from './card-numbers.js';
import { REDACTED } from './redacted.js';
import { isDigit, isNameBefore, type KeyJudge } from './secret-names.js';
import {
  ANY_MARK,
  COLON,
  DASHED as DASHED_MARK,
  DIGITS,
  EQUALS,
  MAKER,
  SCHEME as SCHEME_MARK,
  UNDERSCORED,
} from './text-marks.js';
import { matchesAt, someAt } from './text-search.js';

/**
 * Secrets that are known by their look, in families that share a rare mark. `suspect` is the cheap question, asked of
 * every text and of whole JSON texts, so it must hold through JSON's escapes; `redact` does the work.
 */
interface SecretFamily {
  /** What a text with one of these has for certain (see `text-marks.ts`). */
  readonly mark: number;
  suspect(text: string): boolean;
  redact(text: string): string;
}

const replacing =
  (...expressions: RegExp[]) =>
  (text: string): string =>
    expressions.reduce((clean, expression) => clean.replace(expression, REDACTED), text);

/** `Bearer x`, `Basic x`. */
const authSchemes: SecretFamily = {
  mark: SCHEME_MARK,
  suspect: (text) => SCHEME.test(text),
  redact: (text) =>
    text.replace(AUTH, (whole: string, scheme: string, gap: string, value: string) => {
      const secret = scheme.toLowerCase() === 'basic' ? isBasic(value) : !PROSE.test(value);
      return secret ? `${scheme}${gap}${REDACTED}` : whole;
    }),
};
/** Two words: V8 skips as fast as for one. A third would double the price. */
const SCHEME = /b(?:earer|asic)[\s\\%+]/i;
const AUTH = /(?<=^|[^A-Za-z]|\\[nrtbf])(bearer|basic)((?:\s|%20|\+)+["']?)([\w.~+/:=-]{3,})/gi;
/** Words that follow "bearer" in prose. */
const PROSE =
  /^(?:tokens?|auth\w*|scheme|header|of|and|or|is|are|the|in|not|for|format|type|credentials?|keys?|prefix|string|values?|was|has|must|may|should|with|from)[.,:]?$/i;

/** Basic's value is base64 of `user:password`; after "basic" in prose comes an ordinary word. */
function isBasic(value: string): boolean {
  return value.includes(':') || Buffer.from(value, 'base64').toString('latin1').includes(':');
}

// What may stand before a secret: nothing of a word, but an escape of JSON (`\n`) or of URLs (`%20`).

/** JSON Web Tokens, with their signature or without. */
const webTokens: SecretFamily = {
  mark: MAKER,
  suspect: (text) => someAt(text, 'J', (_, at) => text.startsWith('ey', at - 2)),
  redact: replacing(/(?<=^|[^\w-]|%[0-9A-Fa-f]{2}|\\[nrtbf])eyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*){0,3}/g),
};

/** Makers' marks that end in a dash, and private keys, cut off or whole. */
const dashed: SecretFamily = {
  mark: DASHED_MARK,
  suspect: (text) => someAt(text, '-', (_, at) => matchesAt(DASHED, text, at)),
  redact: replacing(
    /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
    /(?<=^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\[nrtbf])(?:sk|rk|pk-lf)-[\w-]{12,}/g,
    /(?<=^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\[nrtbf])(?:xox[a-z]|xapp)-[\w-]{8,}/g,
    /(?<=^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\[nrtbf])glpat-[\w-]{12,}/g,
  ),
};
const DASHED = /(?<=[sr]k|pk-lf|xox[a-z]|xapp|glpat)-[\w-]{8}|-----BEGIN/y;

/** Makers' marks that end in an underscore. */
const underscored: SecretFamily = {
  mark: UNDERSCORED,
  suspect: (text) =>
    someAt(text, '_', (_, at) => {
      // Names with underscores are many; their last two letters rule nearly all of them out.
      const [before, last] = [text.charCodeAt(at - 2), text.charCodeAt(at - 1)];
      return before < 128 && last < 128 && MARK_ENDS[before * 128 + last] === 1 && matchesAt(UNDER, text, at);
    }),
  redact: replacing(
    /(?<=^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\[nrtbf])(?:[srp]k_(?:live|test)|whsec|gh[pousr]|github_pat|npm|shp(?:at|ss|ca|pa)|glsa|dop_v1|sbp|lin_api|hf)_[A-Za-z0-9_+/=]{8,}/g,
    /(?<=^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\[nrtbf])sk_[A-Za-z0-9_]{16,}/g,
  ),
};
const UNDER =
  /(?<=[srp]k_(?:live|test)|whsec|gh[pousr]|github_pat|npm|shp(?:at|ss|ca|pa)|glsa|dop_v1|sbp|lin_api|hf|sk)_[A-Za-z0-9_+/=]{8}/y;
const MARK_ENDS = new Uint8Array(128 * 128);
for (const ending of 've st ec hp ho hu hs hr at pm ss ca pa sa v1 bp pi hf sk'.split(' ')) {
  MARK_ENDS[ending.charCodeAt(0) * 128 + ending.charCodeAt(1)] = 1;
}

/** Marks of capitals: AWS, Google, Meta (WhatsApp, Messenger, Instagram), SendGrid. */
const capitals: SecretFamily = {
  mark: MAKER,
  suspect: (text) =>
    someAt(text, 'IA', (_, at) => matchesAt(AWS, text, at)) ||
    text.includes('Iza') ||
    text.includes('EAA') ||
    text.includes('SG.') ||
    text.includes('ya29'),
  redact: replacing(
    /(?<=^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\[nrtbf])A[KS]IA[A-Z0-9]{12,}(?![a-z])/g,
    /(?<=^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\[nrtbf])AIza[\w-]{20,}/g,
    /(?<=^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\[nrtbf])EAA[A-Za-z0-9]{16,}/g,
    /(?<=^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\[nrtbf])SG\.[\w-]{8,}\.[\w-]{8,}/g,
    /(?<=^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\[nrtbf])ya29\.[\w-]{16,}/g,
  ),
};
const AWS = /(?<=A[KS])IA[A-Z0-9]{12}/y;

/** Telegram's bot tokens, in the path `/bot<token>/sendMessage` too, and the user:password@ of URLs. */
const colons: SecretFamily = {
  mark: COLON,
  suspect: (text) => someAt(text, ':', isColonOfSecret),
  redact: (text) =>
    text.replace(/(?<!\d)\d{5,}:[\w-]{30,}/g, REDACTED).replace(/(:\/\/)[^\s/?#"'<>\\]*@/g, `$1${REDACTED}@`),
};
const TOKEN_LENGTH = 30;
const TOKEN = new RegExp(`[\\w-]{${TOKEN_LENGTH}}`, 'y');
const USER = /\/\/[^\s/?#"'<>\\]*@/y;

/** Most colons are asked no more than what stands beside them: of a time of day the minutes are no token. */
function isColonOfSecret(text: string, at: number): boolean {
  if (text.charCodeAt(at + 1) === SLASH) return matchesAt(USER, text, at + 1);
  return isDigit(text.charCodeAt(at - 1)) && text.length - at > TOKEN_LENGTH && matchesAt(TOKEN, text, at + 1);
}
const SLASH = 0x2f;

/** The same user:password@ in a URL that is part of another: `next=https%3A%2F%2Fana%3Apw%40host`. */
const encodedUsers: SecretFamily = {
  mark: EQUALS,
  suspect: (text) => someAt(text, '%3', (_, at) => matchesAt(ENCODED_USER, text, at)),
  redact: (text) => text.replace(new RegExp(ENCODED_USER.source, 'gi'), `$1${REDACTED}$2`),
};
const ENCODED_USER = /(%3a%2f%2f)(?:(?!%2f|%3f|%23)[^\s/?#&"'<>\\])*?(%40)/iy;

const cards: SecretFamily = { mark: DIGITS, suspect: hasCardNumber, redact: redactCardNumbers };

const WITHOUT_COLON = [authSchemes, webTokens, dashed, underscored, capitals, encodedUsers, cards];
const FAMILIES = [...WITHOUT_COLON, colons];

/**
 * Whether `text`, or a text inside of JSON text, may hold a secret of a look that needs no colon. Errs towards yes.
 * @param marks those of the text, where they are known
 */
export function hasSecretLook(text: string, marks = ANY_MARK): boolean {
  for (const family of WITHOUT_COLON) if ((family.mark & marks) !== 0 && family.suspect(text)) return true;
  return false;
}

/** Whether `text` may hold what stands around a colon: a token, user:password@ or a named value. Errs towards yes. */
export function hasSecretAtColon(text: string, judge: KeyJudge): boolean {
  return someAt(text, ':', isSecretColon, judge);
}

function isSecretColon(text: string, at: number, judge: KeyJudge): boolean {
  return isColonOfSecret(text, at) || isNameBefore(text, at, judge);
}

/** `text` without the secrets that are known by their look. */
export function redactSecretLooks(text: string): string {
  let clean = text;
  for (const family of FAMILIES) if (family.suspect(clean)) clean = family.redact(clean);
  return clean;
}

/** Whether an id is a secret by its look. Senders' ids are as long as cards, and one in ten passes for one. */
export function isSecretId(id: string): boolean {
  return FAMILIES.some((family) => family !== cards && family.suspect(id) && family.redact(id) !== id);
}
