import { isPlainObject } from '../../model/objects.js';
import { clipText } from './visible-text.js';

/** Bounds of a value for people: what is left out is said. */
const MAX_DEPTH = 6;
const MAX_LINES = 40;
const MAX_TEXT = 2_000;
const MAX_ITEMS = 50;

/**
 * A value as lines of `key: value`, indented below the key that they belong to; a list of plain values on one line. The
 * text is as captured: the caller makes the lines safe.
 */
export function valueLines(value: unknown): string[] {
  const lines: string[] = [];
  addLines(lines, value, '', 0);
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `… ${lines.length - MAX_LINES} more lines`];
}

/** A value on one line: `to: ana, attempt: 2, window: (from: 9, to: 12)`. The caller makes it safe. */
export function valueWords(value: unknown): string {
  return wordsOf(value, 0);
}

function addLines(lines: string[], value: unknown, indent: string, depth: number): void {
  // One past the bound, so that the caller counts that there are more.
  if (lines.length > MAX_LINES * 4) return;
  if (isFlat(value) || depth >= MAX_DEPTH) {
    lines.push(indent + wordsOf(value, depth));
    return;
  }
  for (const [key, part] of entriesOf(value)) {
    if (isFlat(part)) lines.push(`${indent}${key}: ${wordsOf(part, depth)}`);
    else {
      lines.push(`${indent}${key}:`);
      addLines(lines, part, `${indent}  `, depth + 1);
    }
  }
}

/** The parts of an object by their keys, of a list by their place. */
function entriesOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.map((part, at) => [String(at + 1), part]);
  return Object.entries(value as object);
}

/** A plain value, or a list of plain values: one line. */
function isFlat(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((part) => !isCompound(part));
  return !isCompound(value) || Object.keys(value as object).length === 0;
}

function isCompound(value: unknown): boolean {
  return Array.isArray(value) || isPlainObject(value);
}

function wordsOf(value: unknown, depth: number): string {
  if (typeof value === 'string') return value === '' ? '(empty text)' : clipText(value, MAX_TEXT);
  if (value === null) return 'null';
  if (!isCompound(value)) return String(value);
  if (depth >= MAX_DEPTH) return '…';
  const parts = Array.isArray(value)
    ? value.slice(0, MAX_ITEMS).map((part) => inner(part, depth))
    : Object.entries(value as object)
        .slice(0, MAX_ITEMS)
        .map(([key, part]) => `${key}: ${inner(part, depth)}`);
  const count = Array.isArray(value) ? value.length : Object.keys(value as object).length;
  if (count === 0) return Array.isArray(value) ? '(empty list)' : '(empty)';
  return [...parts, ...(count > MAX_ITEMS ? [`… ${count - MAX_ITEMS} more`] : [])].join(', ');
}

function inner(value: unknown, depth: number): string {
  const words = wordsOf(value, depth + 1);
  return isCompound(value) && !words.startsWith('(') ? `(${words})` : words;
}
