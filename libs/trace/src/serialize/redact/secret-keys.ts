import { remembered } from '../values/generations.js';
import { LOOK, NameTrigrams } from './name-trigrams.js';

/**
 * The verdict on a key about its value. `COUNTABLE` is a word such as `tokens`, under which people keep both secrets
 * (texts) and usage numbers: only its texts are hidden. `ODD` hides nothing, but is no plain name: data used as a key,
 * which may be a secret itself, or `toJSON`, which the native writer would call. `PAIRED` is the `value` of
 * `{ name, value }`: the name beside it, which is `NAMING`, says what it is.
 */
export const OPEN = 0;
export const SECRET = 1;
export const COUNTABLE = 2;
export const ODD = 3;
export const PAIRED = 4;
export const NAMING = 5;
export type KeyVerdict = typeof OPEN | typeof SECRET | typeof COUNTABLE | typeof ODD | typeof PAIRED | typeof NAMING;

/** A key without case, `-`, `_`, `.` and spaces. */
export function foldKey(key: string): string {
  return key.toLowerCase().replace(/[-_.\s]+/g, '');
}

/** Whole keys, folded. */
const EXACT = new Set(
  (
    'auth pass pwd pin sig sessiontoken sessionkey jsessionid phpsessid aspnetsessionid netsessionid laravelsession cisession racksession connectsid jwt bearer ' +
    'rawheaders otp totp mfacode cvv cvv2 cvc cvc2 csc ssn pan xauth clave contraseña contrasena contraseñas'
  ).split(' '),
);

/** Endings of folded keys: `userPassword`, `x-wh-signature`, `STRIPE_SECRET`. */
const ENDINGS = (
  'password passwords passwd passwds passphrase passcode secret secrets apikey apikeys privatekey accesskey accountkey secretkey ' +
  'signingkey encryptionkey masterkey authkey signature authorization cookie cookies credential credentials cardnumber ' +
  'ccnumber socialsecuritynumber accesskeyid authtoken csrf xsrf'
).split(' ');
const ENDING = new RegExp(`(?:${ENDINGS.join('|')})\\d{0,4}$`);

/**
 * Cookies and headers of sessions. In a body `sessionId` is the id of a conversation, which is what people search for, and
 * not a credential; a name with dashes is a header's, and one of a framework is a cookie's.
 */
const SESSION = /^(?:[a-z\d]+-)*session-(?:id|key)$|^[a-z\d]+(?:-[a-z\d]+)*-session$|^_[a-z\d_]*session(?:_id)?$/i;

/** Words of a key written in words (`password_hash`, `secretKeyBase`), at any place. */
const WORDS = new Set(
  'password passwords passwd passphrase secret secrets credential credentials cookie authorization signature hmac jwt otp totp csrf xsrf cvv cvc ssn'.split(
    ' ',
  ),
);

/** Words in keys that describe a token and do not hold one: `max_tokens`, `token_type`, `next_page_token`. */
const TOKEN_TALK = new Set(
  (
    'max min total input output prompt completion cached cache reasoning thinking audio text image used remaining count counts limit usage budget ' +
    'num number per avg average cost price rate sum details window context size length len ' +
    'type types expires expiry expiration expire exp in at uri url endpoint name scope algorithm ids prediction ' +
    'page next previous prev continuation sync cursor accepted rejected new estimated estimate'
  ).split(' '),
);

/**
 * Judges keys by the built-in words and by `extra`: texts match a whole key, folded; a RegExp is tested against the key
 * as it is. Never throws.
 */
export function keyJudge(extra: readonly (string | RegExp)[] = []): (key: string) => KeyVerdict {
  const names = new Set<string>();
  const expressions: RegExp[] = [];
  for (const rule of extra) {
    if (typeof rule === 'string') names.add(foldKey(rule));
    else expressions.push(new RegExp(rule.source, rule.flags.replace(/[gy]/g, '')));
  }
  const trigrams = new NameTrigrams([...BUILT_IN_WORDS, ...names]);
  const judge = (key: string): KeyVerdict => {
    // No secret's name is that long; a caller's own expression still gets to see it.
    if (expressions.some((expression) => expression.test(key))) return SECRET;
    if (key.length > MAX_JUDGED) return ODD;
    const folded = foldKey(key);
    if (names.has(folded)) return SECRET;
    const verdict = builtIn(key, folded);
    if (folded === 'value') return PAIRED;
    if (NAMING_KEYS.includes(key)) return NAMING;
    return verdict === OPEN && (key === 'toJSON' || /[:=]/.test(key)) ? ODD : verdict;
  };
  const known = remembered(judge, CACHE_SIZE, CACHED_LENGTH);
  if (expressions.length > 0) return known;
  return (key) => {
    if (key.length > MAX_JUDGED || isNaming(key)) return known(key);
    const look = trigrams.look(key);
    if (look === LOOK.name) return known(key);
    // Hours, dates and addresses as keys: the rules take 2 µs for each, and find no name in it.
    return look === LOOK.marked ? ODD : OPEN;
  };
}

/** Names under which a cookie or a header has a session, folded: `session=abc` in a text is a cookie. */
export const SESSION_NAMES: ReadonlySet<string> = new Set(['session', 'sessionid', 'sess', 'sid']);

/** Members that hold the name beside a `value`: headers, form fields and custom fields are often written so. */
export const NAMING_KEYS = ['name', 'key', 'field', 'header', 'Name', 'Key'];

/** The same question as `NAMING_KEYS.includes`, in a fifth of the time. */
function isNaming(key: string): boolean {
  switch (key) {
    case 'name':
    case 'key':
    case 'field':
    case 'header':
    case 'Name':
    case 'Key':
      return true;
    default:
      return false;
  }
}

const MAX_JUDGED = 128;

/** Words before `key` in the key of a secret: `api_key_live`. */
const KEY_OF = new Set(['api', 'private', 'secret', 'access', 'signing', 'encryption', 'master']);

/** Each key with another verdict than `OPEN` contains one of these, is a naming key, or has a `:` or `=`. */
const BUILT_IN_WORDS = [...EXACT, ...ENDINGS, 'session', ...WORDS, ...KEY_OF, 'token', 'value', 'tojson'];

function builtIn(key: string, folded: string): KeyVerdict {
  if (EXACT.has(folded) || ENDING.test(folded) || SESSION.test(key)) return SECRET;
  const words = wordsOf(key);
  if (words.some((word) => WORDS.has(word))) return SECRET;
  if (words.some((word, i) => word === 'key' && KEY_OF.has(words[i - 1] ?? ''))) return SECRET;
  return folded.includes('token') ? tokenVerdict(words, folded) : OPEN;
}

function tokenVerdict(words: string[], folded: string): KeyVerdict {
  if (folded === 'tokens') return COUNTABLE;
  if (words.some((word) => TOKEN_TALK.has(word))) return OPEN;
  // Written in one word, `maxtokens` has no words to look at.
  if (/^(?:max|min|total|input|output|prompt|completion|cached|num|n)(?:\w*)tokens?$/.test(folded)) return OPEN;
  if (/(?:page|next|continuation|sync)token$/.test(folded)) return OPEN;
  if (words.includes('token') || folded.endsWith('token')) return SECRET;
  return words.includes('tokens') || folded.endsWith('tokens') ? COUNTABLE : OPEN;
}

/** `userAPIKey-v2` → `user api key v2`. */
function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u);
}

/** Applications use the same few keys again and again; the bound is for those that use data as keys. */
const CACHE_SIZE = 1_000;
const CACHED_LENGTH = 64;
