import { platformClass } from './platform-class.js';
import { chainData, ownData, platformGetter } from './safe-read.js';

/** Reads one value with functions of the platform's prototype. */
type Reader = (value: object, prototype: object) => unknown;

/** The classes of the Fetch API and their relatives: the data without the body. */
const READERS: Record<string, Reader> = {
  URLSearchParams: entriesOf,
  Headers: entriesOf,
  FormData: entriesOf,
  Request: (value, prototype) => picked(value, prototype, ['method', 'url', 'headers']),
  Response: (value, prototype) => picked(value, prototype, ['status', 'statusText', 'url', 'headers']),
  File: (value, prototype) => {
    const { name, ...rest } = picked(value, prototype, ['name', 'size', 'type']);
    return sized(`File ${String(name)}`, rest);
  },
  Blob: (value, prototype) => sized('Blob', picked(value, prototype, ['size', 'type'])),
};

const CLASSES = new Map(Object.keys(READERS).map((name) => [name, platformClass(name)]));

/** The platform gives the prototypes of these classes their name as data. A class of an application seldom has it. */
function prototypeFor(value: object): [Reader, object] | undefined {
  const tag = chainData(value, Symbol.toStringTag);
  if (typeof tag !== 'string') return undefined;
  const prototype = CLASSES.get(tag)?.(value);
  return prototype === undefined ? undefined : [READERS[tag]!, prototype];
}

export function isWebValue(value: object): boolean {
  return prototypeFor(value) !== undefined;
}

export function readWebValue(value: object): unknown {
  const found = prototypeFor(value);
  return found?.[0](value, found[1]);
}

/** Entries read of one value; more than any limit keeps. */
const MAX_ENTRIES = 10_000;

/** Names with their values; a name that comes again has a list. */
function entriesOf(value: object, prototype: object): object {
  const forEach = ownData(prototype, 'forEach') as (callback: (item: unknown, name: string) => void) => void;
  const entries = Object.create(null) as Record<string, unknown>;
  const lists = new Map<string, unknown[]>();
  let count = 0;
  Reflect.apply(forEach, value, [
    (item: unknown, name: string) => {
      if (++count > MAX_ENTRIES) return;
      const list = lists.get(name) ?? [];
      lists.set(name, list);
      list.push(item);
      entries[name] = list.length > 1 ? list : item;
    },
  ]);
  return entries;
}

function picked(value: object, prototype: object, names: string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of names) fields[name] = getterIn(prototype, name)?.(value);
  return fields;
}

/** The getter of the class or of the class it extends: a File's size is its Blob's. */
function getterIn(prototype: object | null, name: string): ((self: object) => unknown) | undefined {
  for (let at = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const getter = platformGetter(at, name);
    if (getter !== undefined) return getter;
  }
  return undefined;
}

function sized(what: string, { size, type }: Record<string, unknown>): string {
  return `[${what} ${String(size)} bytes${typeof type === 'string' && type !== '' ? ` ${type}` : ''}]`;
}
