import type { AttributeValue } from '../../model/attributes.js';
import type { OtelAttributes, OtelValue } from '../otel-span.js';

/** Characters of a text that is parsed at most: a longer one is recorded as the text that it is. */
const MAX_JSON = 1024 * 1024;

/** The value of the first of several names that the attributes have. */
export function firstOf(attributes: OtelAttributes, names: readonly string[]): OtelValue | undefined {
  for (const name of names) {
    const value = attributes[name];
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

/** The first text among several names. */
export function textOfFirst(attributes: OtelAttributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** The first number among several names. Some senders write numbers as texts. */
export function numberOfFirst(attributes: OtelAttributes, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = attributes[name];
    const count = typeof value === 'string' && value !== '' ? Number(value) : value;
    if (typeof count === 'number' && Number.isFinite(count)) return count;
  }
  return undefined;
}

/** A value of an attribute: JSON in a text is parsed, so that limits and redaction work on what it contains. */
export function parsedValue(value: OtelValue | undefined): unknown {
  if (typeof value !== 'string') return value;
  if (value.length > MAX_JSON || !mayBeJson(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

const OBJECT = 0x7b;
const LIST = 0x5b;
const TEXT = 0x22;

/** Whether a text begins as an object or an array does: a number or a word in it stays the text that it is. */
function mayBeJson(text: string): boolean {
  let at = 0;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  const first = text.charCodeAt(at);
  return first === OBJECT || first === LIST || first === TEXT;
}

/** A value as an attribute of ours; a list of one as that one, a longer one as a text. */
export function asAttribute(value: OtelValue | undefined): AttributeValue | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const list = value as readonly OtelValue[];
  return list.length === 1 ? asAttribute(list[0]) : list.map((each) => String(asAttribute(each) ?? '')).join(', ');
}
