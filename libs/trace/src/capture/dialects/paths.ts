import { isObject } from '../../model/objects.js';
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
  /** As written, for people: `$.entry[].messaging[].sender.id` without the syntax of this language. */
  readonly label: string;
  read(scope: Scope): unknown;
}

const TOKEN = /\["([^"]+)"\]|\[(-?\d+)\]|([^.[\]]+)/g;

/** `a.b[0]["c.d"]` as keys; a negative number counts from the end of a list. */
function keysOf(text: string): (string | number)[] {
  return [...text.matchAll(TOKEN)].map(([, quoted, index, name]) => (index === undefined ? (quoted ?? name)! : +index));
}

/** The value behind `keys`, read from own data properties only: no getter and no proxy is called. */
export function follow(value: unknown, keys: readonly (string | number)[]): unknown {
  let current = value;
  for (let i = 0; i < keys.length; i++) {
    if (current === undefined || current === null) return undefined;
    const key = keys[i]!;
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

/**
 * The key of the body without which there is no value at a place: `data.key.id` → `data`; `header:name` as it is.
 * `undefined` for the body itself, an address's query, and a place beside the item.
 */
export function rootKey(text: string): string | undefined {
  if (text.startsWith('header:')) return text;
  if (text.startsWith('query:') || text.startsWith('^')) return undefined;
  const [key] = keysOf(text.replace(/^\$/, ''));
  return key === undefined || (typeof key === 'number' && key < 0) ? undefined : String(key);
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

/** An object that holds a list to read, after the objects that hold the lists on the way to it, outermost first. */
export type Held = readonly unknown[];

/**
 * The objects that hold the last list of `steps`. Senders that have one element sometimes send it without the list: an
 * object counts as a list of one.
 */
export function holdersOf(root: unknown, steps: readonly ListStep[]): Held[] {
  const found: Held[] = [];
  const walk = (from: unknown, depth: number, around: readonly unknown[]): void => {
    const step = steps[depth]!;
    const holder = follow(from, step.holder);
    if (!isObject(holder)) return;
    const held = [...around, holder];
    if (depth === steps.length - 1) return void found.push(held);
    const list = follow(holder, step.list);
    if (!isObject(list)) return;
    if (!Array.isArray(list)) return walk(list, depth + 1, held);
    for (let i = 0; i < list.length; i++) walk(own(list, i), depth + 1, held);
  };
  walk(root, 0, []);
  return found;
}

/** Calls `visit` for each element of the list that each of `holders` has; `visit` returns `false` to stop. */
export function eachItem(
  holders: readonly Held[],
  { list }: ListStep,
  visit: (item: unknown, held: Held) => boolean,
): void {
  for (const held of holders) {
    const found = follow(held.at(-1), list);
    if (!isObject(found)) continue;
    if (!Array.isArray(found)) {
      if (!visit(found, held)) return;
      continue;
    }
    for (let i = 0; i < found.length; i++) if (!visit(own(found, i), held)) return;
  }
}

/** The way from one list, or the body, to the next. */
export interface ListStep {
  /** Keys to the object that holds the list. */
  readonly holder: readonly (string | number)[];
  /** The key of the list in it. Empty: the value itself is the list. */
  readonly list: readonly (string | number)[];
}

/** `entry[].changes[].value.messages[]` as the way to each list; `undefined` is the body itself. */
export function listSteps(list: string | undefined): ListStep[] {
  if (list === undefined) return [];
  return partsOf(list)
    .map(keysOf)
    .map((keys) => ({ holder: keys.slice(0, -1), list: keys.slice(-1) }));
}

/** The way to each list, from the one before. A way without `[]` at its end leads to one object. */
function partsOf(list: string): string[] {
  const parts = list.split('[]');
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts;
}
