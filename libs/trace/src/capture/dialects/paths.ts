import type { WebhookRequest } from './dialect.js';
import { header, own } from './fields.js';

/** One message of a body, and where it was found. */
export interface Scope {
  readonly request: WebhookRequest;
  /** The parsed body, unwrapped. */
  readonly root: unknown;
  /** The message itself: an element of the list that is read, or the body. */
  readonly item: unknown;
  /** The objects that hold the lists that lead to the item, outermost first. */
  readonly holders: readonly unknown[];
}

/** A place in a webhook, compiled from its text. */
export interface Path {
  /** As written, for people: `$.entry[].messaging[].sender.id` without the marks of this language. */
  readonly label: string;
  read(scope: Scope): unknown;
}

const TOKEN = /\["([^"]+)"\]|\[(-?\d+)\]|([^.[\]]+)/g;

/** `a.b[0]["c.d"]` as keys; a negative number counts from the end of a list. */
export function keysOf(text: string): (string | number)[] {
  return [...text.matchAll(TOKEN)].map(([, quoted, index, name]) => (index === undefined ? (quoted ?? name)! : +index));
}

/** The value behind `keys`, read from own data properties only: no getter and no proxy is called. */
export function follow(value: unknown, keys: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of keys) {
    if (current === undefined || current === null) return undefined;
    current = own(current, typeof key === 'number' && key < 0 && Array.isArray(current) ? current.length + key : key);
  }
  return current;
}

/**
 * Compiles a path. It begins at the item; `$.` begins at the body, `^.` at the object that holds the item's list, `^^.`
 * at the one around that; `header:name` and `query:name` read the request.
 * @param list the list that the item is an element of, for the label
 */
export function path(text: string, list = ''): Path {
  if (text.startsWith('header:')) {
    const name = text.slice(7);
    return { label: `header ${name}`, read: ({ request }) => header(request.headers, name) };
  }
  if (text.startsWith('query:')) {
    const name = text.slice(6);
    return { label: `query ${name}`, read: ({ request }) => own(request.query, name) };
  }
  if (text.startsWith('$')) {
    const keys = keysOf(text.slice(1));
    return { label: text === '$' ? 'the body' : text.slice(2), read: ({ root }) => follow(root, keys) };
  }
  const ups = /^\^*/.exec(text)![0].length;
  const keys = keysOf(text.slice(ups));
  const [key] = keys;
  if (ups === 0 && keys.length === 1 && typeof key === 'string') {
    return { label: joined(list, text), read: ({ item }) => own(item, key) };
  }
  if (ups > 0) {
    const label = joined(holderLabel(list, ups), text.slice(ups).replace(/^\./, ''));
    return { label, read: ({ holders }) => follow(holders[holders.length - ups], keys) };
  }
  return { label: joined(list, text), read: ({ item }) => follow(item, keys) };
}

/** `entry[].changes[].value.messages[]`, 1 → `entry[].changes[].value`. */
function holderLabel(list: string, ups: number): string {
  const parts = partsOf(list);
  const kept = parts.slice(0, parts.length - ups + 1);
  const last = kept.pop()?.replace(/\.?[^.]*$/, '') ?? '';
  return [...kept.map((part) => `${part}[]`), last].join('');
}

function joined(before: string, after: string): string {
  if (before === '' || after === '') return before + after;
  return after.startsWith('[') ? before + after : `${before}.${after}`;
}

/**
 * Calls `visit` for each element of a list such as `entry[].messaging[]`; `visit` returns `false` to stop. Senders that
 * have one element sometimes send it without the list: an object counts as a list of one.
 */
export function eachItem(
  root: unknown,
  lists: readonly (readonly (string | number)[])[],
  visit: (item: unknown, holders: readonly unknown[]) => boolean,
): boolean {
  const walk = (from: unknown, depth: number, holders: readonly unknown[]): boolean => {
    const keys = lists[depth];
    if (keys === undefined) return visit(from, holders);
    const holder = follow(from, keys.slice(0, -1));
    const found = keys.length === 0 ? from : follow(holder, keys.slice(-1));
    const around = [...holders, holder];
    if (!Array.isArray(found)) return isRecord(found) ? walk(found, depth + 1, around) : true;
    for (let i = 0; i < found.length; i++) if (!walk(own(found, i), depth + 1, around)) return false;
    return true;
  };
  return walk(root, 0, []);
}

/** `entry[].changes[].value.messages[]` as the keys of each list; `undefined` is the body itself. */
export function listKeys(list: string | undefined): (string | number)[][] {
  return list === undefined ? [] : partsOf(list).map(keysOf);
}

/** The way to each list, from the one before. A way without `[]` at its end leads to one object. */
function partsOf(list: string): string[] {
  const parts = list.split('[]');
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts;
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
