import { REDACTED } from './redacted.js';

/**
 * Thirteen places of digits, blanks and dashes, written out: V8 then looks at every eighth character only, 2 µs per
 * 20 KB of prose.
 */
const LONG = /[2-6][\d -][\d -][\d -][\d -][\d -][\d -][\d -][\d -][\d -][\d -][\d -][\d -]/;
const LEAST_DIGITS = 13;
/** Cards are printed in groups of four or more, or in none; a number behind a `+` is a phone. */
const MAYBE = /(?:^|[^\d+])[2-6]\d{3}[ -]?\d{4}[ -]?\d/;

/** 13 to 19 digits, single blanks or dashes between them, standing alone: not after a `+` (a phone) or inside a word. */
const RUN = /(?<![\w+.]|\d[ -])[2-6](?:[ -]?\d){12,18}(?![\w]|[ -]\d|\.\d)/g;

export function hasCardNumber(text: string): boolean {
  if (text.length < LEAST_DIGITS || !LONG.test(text) || !MAYBE.test(text)) return false;
  for (const match of text.matchAll(RUN)) if (isCard(match[0])) return true;
  return false;
}

export function redactCardNumbers(text: string): string {
  return text.replace(RUN, (run) => (isCard(run) ? REDACTED : run));
}

/** A number that is a card's: JSON bodies carry them unquoted too. */
export function isCardNumber(value: number): boolean {
  return value >= 2e12 && value <= Number.MAX_SAFE_INTEGER && Number.isInteger(value) && isCard(String(value));
}

/**
 * Lengths and first digits that are in use, and Luhn's check. Phone numbers (up to 15 digits) and timestamps are as
 * long as the short cards, and one in ten passes Luhn: thirteen digits are taken for a card only where no country code
 * begins that way.
 */
const SHORT_CARDS: readonly RegExp[] = [
  /^4(?![39])\d{12}$/, // Visa of old; 43 and 49 are Austria and Germany
  /^3(?:0[0-5]|[689]\d)\d{11}$/, // Diners
  /^3[47]\d{13}$/, // American Express
];
const LONG_CARDS: readonly RegExp[] = [
  /^(?:4|5[0-8]|6|35)/, // Visa, Mastercard, Maestro, Discover, UnionPay, JCB: from 16 digits on
  /^2[2-7]\d{14}$/, // Mastercard's newer range
];

function isCard(run: string): boolean {
  const digits = run.replace(/[ -]/g, '');
  const issued = digits.length < 16 ? SHORT_CARDS : LONG_CARDS;
  return issued.some((range) => range.test(digits)) && luhn(digits);
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, twice = false; i >= 0; i--, twice = !twice) {
    const digit = digits.charCodeAt(i) - 48;
    sum += twice ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}
