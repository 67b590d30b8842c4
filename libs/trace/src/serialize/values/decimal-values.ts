import { types } from 'node:util';
import { chainData, ownData } from './safe-read.js';

/**
 * Numbers of decimal.js, Prisma (a copy of decimal.js), decimal.js-light, bignumber.js and big.js. All keep a sign, an
 * exponent and groups of digits, and differ in the size of a group and in what the exponent counts.
 */
export function isDecimal(value: object): boolean {
  return (
    ['s', 'e'].every((key) => isNumberOrNull(ownData(value, key))) &&
    groupsOf(value) !== undefined &&
    ['plus', 'times', 'toFixed'].every((method) => typeof chainData(value, method) === 'function')
  );
}

const isNumberOrNull = (value: unknown): boolean => typeof value === 'number' || value === null;

/** The groups of digits; `null` for a value that is no finite number. */
function groupsOf(value: object): unknown[] | null | undefined {
  const groups = ownData(value, 'd') ?? ownData(value, 'c') ?? null;
  if (groups === null) return Object.hasOwn(value, 'd') || Object.hasOwn(value, 'c') ? null : undefined;
  return Array.isArray(groups) && !types.isProxy(groups) ? groups : undefined;
}

/** How a library keeps its digits. */
interface Form {
  /** Digits in each group but the first. */
  readonly digits: number;
  /** Whether the exponent counts groups instead of digits. */
  readonly countsGroups?: true;
}
const BIG: Form = { digits: 1 };
const BIG_NUMBER: Form = { digits: 14 };
const DECIMAL: Form = { digits: 7 };
const DECIMAL_LIGHT: Form = { digits: 7, countsGroups: true };

function formOf(value: object): Form {
  if (chainData(value, '_isBigNumber') === true) return BIG_NUMBER;
  if (Object.hasOwn(value, 'c')) return BIG;
  // Only the full library has sines.
  return typeof chainData(value, 'sin') === 'function' ? DECIMAL : DECIMAL_LIGHT;
}

/** A number of more groups is shown by its fields. */
const MAX_GROUPS = 1_000;

/** Its digits, with an exponent where these libraries write one too. */
export function readDecimal(value: object): string | undefined {
  const sign = ownData(value, 's');
  const groups = groupsOf(value);
  if (groups === null) return typeof sign !== 'number' || Number.isNaN(sign) ? 'NaN' : `${minus(sign)}Infinity`;
  if (groups === undefined || groups.length === 0 || groups.length > MAX_GROUPS) return undefined;
  const form = formOf(value);
  let digits = '';
  let first = 0;
  for (let i = 0; i < groups.length; i++) {
    const group = ownData(groups, i);
    if (typeof group !== 'number' || !Number.isSafeInteger(group) || group < 0) return undefined;
    digits += String(group).padStart(i === 0 ? 1 : form.digits, '0');
    if (i === 0) first = digits.length;
  }
  const exponent = Number(ownData(value, 'e'));
  const places = form.countsGroups === true ? exponent * form.digits + first - 1 : exponent;
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return Number.isSafeInteger(places) ? minus(sign) + written(significant, places) : undefined;
}

const minus = (sign: unknown): string => (typeof sign === 'number' && sign < 0 ? '-' : '');

/** `digits`, of which the first counts ten to the power of `exponent`. */
function written(digits: string, exponent: number): string {
  if (exponent <= -7 || exponent >= 21) {
    const rest = digits.slice(1);
    return `${digits[0]}${rest && `.${rest}`}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits.padEnd(exponent + 1, '0');
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
