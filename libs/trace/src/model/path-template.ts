/** Paths that are credentials: a person who has one may send. */
const SECRET_PATHS: readonly [RegExp, string][] = [
  [/(\/(?:file\/)?bot)\d+(?::|%3a)[\w-]+/gi, '$1{token}'],
  // Slack's and Microsoft's incoming webhooks, Discord's webhooks.
  [/(\/(?:services|triggers|workflows)\/T\w+\/)[\w/-]+/g, '$1{token}'],
  [/(\/webhookb2\/)[^?#]+/gi, '$1{token}'],
  [/(\/api\/(?:v\d+\/)?webhooks\/\d+\/)[\w-]+/g, '$1{token}'],
];
const MAY_BE_SECRET = /\/(?:file\/)?bot\d|\/T\w+\/|webhook/i;

/** A path or URL without the tokens that some APIs put into the path. */
export function withoutPathTokens(path: string): string {
  if (!MAY_BE_SECRET.test(path)) return path;
  return SECRET_PATHS.reduce((text, [secret, replacement]) => text.replace(secret, replacement), path);
}

/**
 * A path as the name of a place: ids, tokens, numbers, addresses and texts in it become `{id}`. Versions, words and names
 * of models stay.
 */
export function pathTemplate(path: string): string {
  return withoutPathTokens(path)
    .split('/')
    .map((segment) => (isValue(segment) ? '{id}' : segment))
    .join('/');
}

const DATE_VERSION = /^\d{4}-\d{2}-\d{2}$/;
const ESCAPED_MARKS = /%(?:3a|2f|7b|7d)/gi;

/** Most segments: letters that are too few for a token, or a number. */
const WORD = /^[a-z]{0,19}$/i;
const NUMBER = /^\d+$/;

function isValue(segment: string): boolean {
  if (WORD.test(segment)) return false;
  if (NUMBER.test(segment)) return true;
  if (segment.endsWith('{token}') || DATE_VERSION.test(segment)) return false;
  const text = segment.replace(ESCAPED_MARKS, ':');
  if (text.length > 80 || /[@%+~]/.test(text)) return true;
  return text.split(/[-._:,;=()!$&'*]+/).some(isOpaque);
}

/** Whether a part without marks is an id or a token: no word, version, date or size such as `70b`. */
function isOpaque(part: string): boolean {
  const { length } = part;
  if (length < 8) return false;
  const digits = part.replace(/\D/g, '').length;
  if (digits === length) return length > 8;
  if (digits === 0) return length >= 20 && isMixedCase(part);
  if (length >= 16 || (length >= 10 && digits >= 2)) return true;
  // `T00000000` of Slack, `a1b2c3d4` of a short hash.
  return digits >= 2 && (/^[A-Z\d]+$/.test(part) || /^[\da-f]+$/.test(part));
}

/** Letters of a token: in a name such as `sendMessageTemplate` few are upper case. */
function isMixedCase(letters: string): boolean {
  const upper = letters.replace(/[^A-Z]/g, '').length;
  return upper >= letters.length / 4 && upper <= (letters.length * 3) / 4;
}
