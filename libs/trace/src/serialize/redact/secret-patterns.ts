import { hasCardNumber, redactCardNumbers } from './card-numbers.js';
import { REDACTED } from './redacted.js';
import { isNameBefore, type KeyJudge } from './secret-names.js';
import { InnerFinder } from './secret-inner.js';
import { DISCORD_BOT, LINK_LOOKS, NO_WORD_BEFORE } from './secret-looks.js';
import { PrefixFinder } from './secret-prefixes.js';
import {
  ANY_MARK,
  COLON,
  DASHED,
  DIGITS,
  DOTTED,
  EQUALS,
  GLUED,
  INNER,
  SCHEME as SCHEME_MARK,
  UNDERSCORED,
} from './secret-bigrams.js';
import { isDigit, matchesAt, someAt } from './text-search.js';

/**
 * Secrets that are recognised by their look, in families that share a rare mark. `suspect` is the cheap question, asked of
 * every text and of whole JSON texts, so it must hold through JSON's escapes; `redact` does the work.
 */
interface SecretFamily {
  /** Every text with one of these secrets has this mark (see `secret-bigrams.ts`). */
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
  suspect: (text) => someAt(text, 'b', isScheme) || someAt(text, 'B', isScheme),
  redact: (text) =>
    text.replace(AUTH, (whole: string, scheme: string, gap: string, value: string) => {
      const secret = scheme.toLowerCase() === 'basic' ? isBasic(value) : !PROSE.test(value);
      return secret ? `${scheme}${gap}${REDACTED}` : whole;
    }),
};
/** `b` is rare, and the letter behind it rules out most words: a third of the time of a search for both words. */
function isScheme(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1) | 0x20;
  return (next === E || next === A) && matchesAt(SCHEME, text, at);
}
const E = 0x65;
const A = 0x61;
const SCHEME = /(?:bearer|basic)[\s\\%+]/iy;
const AUTH = /(?<=^|[^A-Za-z]|\\[nrtbf])(bearer|basic)((?:\s|%20|\+)+["']?)([\w.~+/:=-]{3,})/gi;
/** Words that follow "bearer" in prose. */
const PROSE =
  /^(?:tokens?|auth\w*|scheme|header|of|and|or|is|are|the|in|not|for|format|type|credentials?|keys?|prefix|string|values?|was|has|must|may|should|with|from)[.,:]?$/i;

/** Basic's value is base64 of `user:password`; after "basic" in prose comes an ordinary word. */
function isBasic(value: string): boolean {
  return value.includes(':') || Buffer.from(value, 'base64').toString('latin1').includes(':');
}

/** JSON Web Tokens, with their signature or without. Before one comes what may come before any secret. */
const webTokens: SecretFamily = {
  mark: GLUED,
  suspect: (text) => someAt(text, 'J', (_, at) => text.startsWith('ey', at - 2)),
  redact: replacing(/(?<=^|[^\w-]|%[0-9A-Fa-f]{2}|\\[nrtbf])eyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*){0,3}/g),
};

/** What is found at a dash in one look at each: prefixes, private keys (cut off or whole), keys with a region. */
const dashes: SecretFamily = {
  mark: DASHED,
  suspect(text) {
    for (let at = text.indexOf('-'); at >= 0; at = text.indexOf('-', at + 1)) {
      const after = text.charCodeAt(at + 1);
      if (
        after === DASH || after === U
          ? isSecretDash(text, at) || DASH_PREFIXES.isAt(text, at)
          : after > BLANK && DASH_PREFIXES.isAt(text, at)
      )
        return true;
    }
    return false;
  },
  redact: (text) => AT_DASH.redact(DASH_PREFIXES.redact(text).replace(PRIVATE_KEY, REDACTED)),
};
const DASH_PREFIXES = new PrefixFinder(DASHED, true);
const AT_DASH = new InnerFinder('-');
const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)/g;
const DASH = 0x2d;
/** `-us21` ends a key of Mailchimp. */
const U = 0x75;
const BLANK = 0x20;

function isSecretDash(text: string, at: number): boolean {
  if (text.charCodeAt(at + 1) === DASH) return text.startsWith('-----BEGIN', at);
  return AT_DASH.isAt(text, at);
}

/** Slashes as they are, escaped in JSON, or encoded in a URL. */
const SLASH = '(?:\\\\*\\/|%2[fF])';
const LINK_SECRETS = LINK_LOOKS.map(({ host, path, secret }) => {
  const beginning = `${host.replaceAll('.', '\\.')}\\.cn?(?:om)?(?::[0-9]+)?${path.replaceAll('/', SLASH)}`;
  return new RegExp(`(${NO_WORD_BEFORE}${beginning})${secret}`, 'gi');
});

/** `.com` comes after many hosts: the two characters before it rule out nearly all others. */
function isLinkHost(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 2) | 0x20;
  const last = text.charCodeAt(at - 1) | 0x20;
  return before < 128 && last < 128 && HOST_ENDS[(before << 7) | last] === 1 && endsInLinkHost(text, at);
}

function endsInLinkHost(text: string, at: number): boolean {
  return LINK_LOOKS.some(({ host }) => text.slice(Math.max(0, at - host.length), at).toLowerCase() === host);
}
const HOST_ENDS = new Uint8Array(128 * 128);
for (const { host } of LINK_LOOKS) {
  HOST_ENDS[(host.charCodeAt(host.length - 2) << 7) | host.charCodeAt(host.length - 1)] = 1;
}

/** Secrets that are recognised by a part in their middle. */
const inner: SecretFamily[] = ['~', '|'].map((needle) => {
  const finder = new InnerFinder(needle);
  return { mark: INNER, suspect: (text) => finder.suspect(text), redact: (text) => finder.redact(text) };
});

const BOT_END = `\\.${DISCORD_BOT.between}\\.${DISCORD_BOT.after}`;
const BOT_TOKEN = new RegExp(NO_WORD_BEFORE + DISCORD_BOT.before + BOT_END, 'g');
const BOT_DOT = new RegExp(`(?=${BOT_END})(?<=${NO_WORD_BEFORE}${DISCORD_BOT.before})\\.`, 'y');
const BETWEEN_DOTS = 7;
const DOT = 0x2e;
const C = 0x63;

/** What is found at a dot in one look at each: prefixes, links that are secrets (their host stays), bots of Discord. */
const dots: SecretFamily = {
  mark: DOTTED,
  suspect(text) {
    for (let at = text.indexOf('.'); at >= 0; at = text.indexOf('.', at + 1)) {
      // Mostly a sentence ends here.
      if (text.charCodeAt(at + 1) > BLANK && (isSecretDot(text, at) || DOT_PREFIXES.isAt(text, at))) return true;
    }
    return false;
  },
  redact: (text) =>
    LINK_SECRETS.reduce(
      (clean, link) => clean.replace(link, `$1${REDACTED}`),
      DOT_PREFIXES.redact(text).replace(BOT_TOKEN, REDACTED),
    ),
};
const DOT_PREFIXES = new PrefixFinder(DOTTED, true);

function isSecretDot(text: string, at: number): boolean {
  if ((text.charCodeAt(at + 1) | 0x20) === C && isLinkHost(text, at)) return true;
  return text.charCodeAt(at + BETWEEN_DOTS) === DOT && matchesAt(BOT_DOT, text, at);
}

const prefixed: SecretFamily[] = [new PrefixFinder(UNDERSCORED, true), new PrefixFinder(GLUED, false)];

/** Telegram's bot tokens, in the path `/bot<token>/sendMessage` too, and the user:password@ of URLs. */
const colons: SecretFamily = {
  mark: COLON,
  suspect: (text) => someAt(text, ':', isColonOfSecret),
  redact: (text) =>
    text.replace(/(?<!\d)\d{5,}:[\w-]{30,}/g, REDACTED).replace(/(:(?:\\*\/){2})[^\s/?#"'<>\\]*@/g, `$1${REDACTED}@`),
};
const TOKEN_LENGTH = 30;
const TOKEN = new RegExp(`[\\w-]{${TOKEN_LENGTH}}`, 'y');
const USER = /(?:\\*\/){2}[^\s/?#"'<>\\]*@/y;

/** For most colons the characters beside them decide: the minutes of a time of day are no token. */
function isColonOfSecret(text: string, at: number): boolean {
  const after = text.charCodeAt(at + 1);
  if (after === SLASH_CODE || after === BACKSLASH) return matchesAt(USER, text, at + 1);
  return text.length - at > TOKEN_LENGTH && isNumberBefore(text, at) && matchesAt(TOKEN, text, at + 1);
}

/** Five digits, as before the colon of a bot's token. A time of day has fewer. */
function isNumberBefore(text: string, at: number): boolean {
  for (let i = at - 1; i >= at - 5; i--) if (!isDigit(text.charCodeAt(i))) return false;
  return true;
}
const SLASH_CODE = 0x2f;
const BACKSLASH = 0x5c;

/** In a text that is part of a URL: `next=https%3A%2F%2Fana%3Apw%40host`, `bot123456%3AAAE…`, `123456%7Cabc…`. */
const encoded: SecretFamily = {
  mark: EQUALS,
  suspect: (text) =>
    someAt(text, '%', (_, at) =>
      text.charCodeAt(at + 1) === THREE
        ? matchesAt(ENCODED_USER, text, at) || matchesAt(ENCODED_TOKEN, text, at)
        : AT_PERCENT.isAt(text, at),
    ),
  redact: (text) =>
    AT_PERCENT.redact(text)
      .replace(new RegExp(ENCODED_USER.source, 'gi'), `$1${REDACTED}$2`)
      .replace(/(?<!\d)\d{5,}%3[aA][\w-]{30,}/g, REDACTED),
};
const AT_PERCENT = new InnerFinder('%');
const THREE = 0x33;
const ENCODED_USER = /(%3a%2f%2f)(?:(?!%2f|%3f|%23)[^\s/?#&"'<>\\])*?(%40)/iy;
const ENCODED_TOKEN = /(?<=\d)%3a[\w-]{30}/iy;

const cards: SecretFamily = { mark: DIGITS, suspect: hasCardNumber, redact: redactCardNumbers };

const WITHOUT_COLON = [authSchemes, webTokens, dashes, ...prefixed, dots, ...inner, encoded, cards];
const FAMILIES = [...WITHOUT_COLON, colons];

/** Families by the marks of a text. An application has a few combinations. */
const BY_MARKS: (SecretFamily[] | undefined)[] = [];

/**
 * Whether `text`, or a text inside of JSON text, may hold a secret of a look that needs no colon. Errs towards yes.
 * @param marks of the text, if they are known
 */
export function hasSecretLook(text: string, marks = ANY_MARK): boolean {
  const families = (BY_MARKS[marks & ANY_MARK] ??= WITHOUT_COLON.filter(({ mark }) => (mark & marks) !== 0));
  for (const family of families) if (family.suspect(text)) return true;
  return false;
}

/** Whether `text` may hold a secret around a colon: a token, user:password@ or a named value. Errs towards yes. */
export function hasSecretAtColon(text: string, judge: KeyJudge): boolean {
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    if (isColonOfSecret(text, at) || isNameBefore(text, at, judge)) return true;
  }
  return false;
}

/** `text` without the secrets that are recognised by their look. */
export function redactSecretLooks(text: string): string {
  let clean = text;
  for (const family of FAMILIES) if (family.suspect(clean)) clean = family.redact(clean);
  return clean;
}

/** Whether an id is a secret by its look. Senders' ids are as long as cards, and one in ten passes for one. */
export function isSecretId(id: string): boolean {
  return FAMILIES.some((family) => family !== cards && family.suspect(id) && family.redact(id) !== id);
}
