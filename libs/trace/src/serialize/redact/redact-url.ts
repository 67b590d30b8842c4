import { REDACTED } from './redacted.js';
import type { Redaction } from './redaction.js';
import { OPEN } from './secret-keys.js';

const MAX_URL = 4_096;
const PAIR = /([?&;#])([^=&;#?]+)=([^&;#]*)/g;

/** A path or URL without the values of secret query keys, without user:password and without what looks like a secret. */
export function redactUrl(url: string, redaction: Redaction): string {
  const pairs = url.slice(0, 4 * MAX_URL).replace(PAIR, (whole, mark: string, name: string, value: string) => {
    const secret = redaction.judge(lastName(decoded(name))) !== OPEN || hidesEncoded(value, redaction);
    return secret && value !== '' ? `${mark}${name}=${REDACTED}` : whole;
  });
  return redaction.string(pairs, MAX_URL);
}

/** `user[password]` and `user.password` are about their last name. */
function lastName(name: string): string {
  return name.split(/[[\].]/).findLast((part) => part !== '') ?? name;
}

/** A secret that percent-encoding hides from the rules for plain text. */
function hidesEncoded(value: string, redaction: Redaction): boolean {
  if (!/[%+]/.test(value)) return false;
  const plain = decoded(value);
  return redaction.string(plain, plain.length) !== plain;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
