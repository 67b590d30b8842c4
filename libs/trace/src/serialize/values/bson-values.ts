import { types } from 'node:util';
import { chainData, classNameOf, hasKey, ownData } from './safe-read.js';

/**
 * Values of the MongoDB driver (bson 1 to 7). Newer versions give `_bsontype` as a getter, so its presence is the brand and
 * the own fields say which type it is. Class names are used only where fields are not enough: a bundler may change them.
 */
export function isBson(value: object): boolean {
  return hasKey(value, '_bsontype');
}

export function readBson(value: object): unknown {
  const own = (key: PropertyKey): unknown => ownData(value, key);
  if (typeof own('sub_type') === 'number') return binaryText(own('sub_type'), own('buffer'), own('position'));
  const id = objectIdText(value);
  if (id !== undefined) return id;
  const bytes = own('bytes');
  if (types.isUint8Array(bytes)) return decimal128Text(bytes);
  const [low, high] = [own('low'), own('high')];
  if (typeof low === 'number' && typeof high === 'number') return integer(value, low, high);
  if (typeof own('pattern') === 'string') return `/${own('pattern') as string}/${textOf(own('options'))}`;
  if (Object.hasOwn(value, 'code')) return codeOf(own('code'), own('scope'));
  if (typeof own('collection') === 'string') return referenceOf(value);
  const inner = own('value');
  return typeof inner === 'number' || typeof inner === 'string' ? inner : undefined;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const ID_BYTES = 12;
const HEX_ID = /^[0-9a-f]{24}$/i;

/** 24 hex digits: kept as bytes (under three names in six years), as four numbers, as hex or as text of 12 characters. */
function objectIdText(value: object): string | undefined {
  const parts = ['i0', 'i1', 'i2', 'i3'].map((key) => ownData(value, key));
  if (parts.every((part) => typeof part === 'number')) {
    return parts.map((part) => (part & 0xffffff).toString(16).padStart(6, '0')).join('');
  }
  const symbol = Object.getOwnPropertySymbols(value).find((key) => key.description === 'id');
  for (const key of ['buffer', symbol ?? 'id', 'id', '__id']) {
    const id = ownData(value, key);
    if (types.isUint8Array(id) && id[ID_BYTES - 1] !== undefined && id[ID_BYTES] === undefined)
      return hex(id, ID_BYTES);
    if (typeof id !== 'string') continue;
    if (HEX_ID.test(id)) return id.toLowerCase();
    if (id.length === ID_BYTES) return hex(Buffer.from(id, 'latin1'), ID_BYTES);
  }
  return undefined;
}

/** By index: a subclass may replace every method and every other property of an array of bytes. */
function hex(bytes: Uint8Array, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += (bytes[i] ?? 0).toString(16).padStart(2, '0');
  return text;
}

const UUID_BYTES = 16;

function binaryText(subType: unknown, buffer: unknown, position: unknown): string | undefined {
  if (!types.isUint8Array(buffer)) return undefined;
  const isUuid = (subType === 3 || subType === 4) && buffer[UUID_BYTES - 1] !== undefined;
  if (!isUuid) return `[Binary ${typeof position === 'number' ? position : '?'} bytes]`;
  return hex(buffer, UUID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A number where it is exact, else its digits; a Timestamp is a second and a counter. */
function integer(value: object, low: number, high: number): unknown {
  const brand = chainData(value, '_bsontype') ?? classNameOf(value);
  if (brand === 'Timestamp') return { t: high >>> 0, i: low >>> 0 };
  const top = ownData(value, 'unsigned') === true ? BigInt(high >>> 0) : BigInt(high | 0);
  const whole = (top << 32n) + BigInt(low >>> 0);
  const exact = Number(whole);
  return Number.isSafeInteger(exact) ? exact : String(whole);
}

function codeOf(code: unknown, scope: unknown): unknown {
  return scope === null || scope === undefined ? code : { code, scope };
}

function referenceOf(value: object): object {
  const [db, fields] = [ownData(value, 'db'), ownData(value, 'fields')];
  const reference: Record<string, unknown> = { $ref: ownData(value, 'collection'), $id: ownData(value, 'oid') };
  if (typeof db === 'string') reference.$db = db;
  if (typeof fields === 'object' && fields !== null && !types.isProxy(fields) && Object.keys(fields).length > 0) {
    reference.fields = fields;
  }
  return reference;
}

const EXPONENT_BIAS = 6_176n;
const MOST = 10n ** 34n;

/** Decimal128's text as its specification writes it: digits, or digits and an exponent where that is far from zero. */
function decimal128Text(bytes: Uint8Array): string | undefined {
  if (bytes[15] === undefined) return undefined;
  let bits = 0n;
  for (let i = 15; i >= 0; i--) bits = (bits << 8n) | BigInt(bytes[i] ?? 0);
  const sign = bits >> 127n === 1n ? '-' : '';
  const combination = (bits >> 122n) & 0x1fn;
  if (combination === 0x1fn) return 'NaN';
  if (combination === 0x1en) return `${sign}Infinity`;
  // Coefficients of the second form are larger than 34 digits, which means zero.
  const isLarge = combination >> 3n === 3n;
  const exponent = Number(((bits >> (isLarge ? 111n : 113n)) & 0x3fffn) - EXPONENT_BIAS);
  const coefficient = isLarge ? 0n : bits & ((1n << 113n) - 1n);
  return sign + placed(String(coefficient < MOST ? coefficient : 0n), exponent);
}

/** `digits` times ten to the `exponent`. */
function placed(digits: string, exponent: number): string {
  const scientific = digits.length - 1 + exponent;
  if (exponent > 0 || scientific < -6) {
    const rest = digits.slice(1);
    return `${digits[0]}${rest && `.${rest}`}E${scientific < 0 ? '' : '+'}${scientific}`;
  }
  if (exponent === 0) return digits;
  const padded = digits.padStart(1 - exponent, '0');
  return `${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}
