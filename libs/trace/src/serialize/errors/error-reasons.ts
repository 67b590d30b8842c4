import { types } from 'node:util';
import { ownData } from '../values/safe-read.js';

/** Lines kept of one error, and characters of each: they are shown in one line with its message. */
const MAX_REASONS = 5;
const MAX_CHARACTERS = 200;
/** Validation errors nest by property. */
const MAX_DEPTH = 4;
/** Elements read of one list. */
const MAX_ELEMENTS = 20;

/**
 * The sentences in what a server or a validator answered: `email must be an email`, `131047 Re-engagement message`.
 * Each is there once, and none that the error's own message already has.
 */
export function reasonsIn(sources: readonly unknown[], message: string): string[] {
  const found: Found = new Map();
  for (const source of sources) collect(source, found, MAX_DEPTH, '');
  const lines = [...found].map(([line, code]) => newPart(line, code, message));
  return lines.filter((line) => line !== '').slice(0, MAX_REASONS);
}

/** Each line, and the code that it begins with, or the empty text. */
type Found = Map<string, string>;

/** What the message does not have of a line: it may have the sentence and not the code, or other characters between them. */
function newPart(line: string, code: string, message: string): string {
  if (message.includes(line)) return '';
  if (code === '' || !message.includes(line.slice(code.length + 1))) return line;
  return message.includes(code) ? '' : code;
}

function collect(value: unknown, found: Found, depth: number, prefix: string): void {
  if (found.size > MAX_REASONS || depth < 0) return;
  if (typeof value === 'string') return add(found, prefix + value);
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && i < MAX_ELEMENTS; i++) collect(ownData(value, i), found, depth - 1, prefix);
    return;
  }
  const where = pathOf(value);
  // The code of a field's issue only repeats its message.
  const code = where === '' ? codeOf(value) : '';
  const message = ownData(value, 'message') ?? ownData(value, 'description') ?? ownData(value, 'msg');
  if (typeof message === 'string') add(found, `${where}${message}`, message.includes(code) ? '' : code);
  else collect(message, found, depth - 1, where);
  const error = ownData(value, 'error');
  // Beside a message it is the status in words.
  if (typeof error !== 'string' || message === undefined) collect(error, found, depth - 1, '');
  for (const key of [
    'errors',
    'issues',
    'constraints',
    'children',
    'error_data',
    'details',
    'detail',
    'error_description',
  ]) {
    const inner = ownData(value, key);
    if (key === 'constraints') collectValues(inner, found, depth - 1);
    else if (key !== 'errors' || Array.isArray(inner)) collect(inner, found, depth - 1, '');
    // Rails and Laravel: a list of sentences by field.
    else collectValues(inner, found, depth - 1);
  }
  if (message === undefined && error === undefined) collect(ownData(value, 'title'), found, depth - 1, '');
}

function collectValues(object: unknown, found: Found, depth: number): void {
  if (typeof object !== 'object' || object === null || types.isProxy(object)) return;
  for (const key of Object.keys(object).slice(0, MAX_ELEMENTS)) collect(ownData(object, key), found, depth, '');
}

function codeOf(value: object): string {
  const code = ownData(value, 'code') ?? ownData(value, 'error_code');
  return typeof code === 'number' || (typeof code === 'string' && /^[\w.-]{1,40}$/.test(code)) ? String(code) : '';
}

/** Zod's and GraphQL's path to the wrong field. */
function pathOf(value: object): string {
  const path = ownData(value, 'path');
  if (!Array.isArray(path) || types.isProxy(path) || path.length === 0 || path.length > 10) return '';
  const parts = Array.from({ length: path.length }, (_, i) => ownData(path, i));
  return parts.every((part) => typeof part === 'string' || typeof part === 'number') ? `${parts.join('.')}: ` : '';
}

/** A page of HTML is no sentence. */
function add(found: Found, text: string, code = ''): void {
  if (/^\s*</.test(text)) return;
  const sentence = text
    .slice(0, MAX_CHARACTERS * 2)
    .replace(/\s+/g, ' ')
    .trim();
  const line = code === '' ? sentence : `${code} ${sentence}`;
  found.set(line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line, code);
}
