import { types } from 'node:util';
import { chainData, classNameOf, hasPrototype, ownData, platformGetter } from './safe-read.js';

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const viewBytes = platformGetter(typedArray, 'byteLength')!;
const viewLength = platformGetter(typedArray, 'length')!;
const viewName = platformGetter(typedArray, Symbol.toStringTag)!;
const dataViewBytes = platformGetter(DataView.prototype, 'byteLength')!;
const bufferBytes = platformGetter(ArrayBuffer.prototype, 'byteLength')!;
const sharedBytes = platformGetter(globalThis.SharedArrayBuffer?.prototype, 'byteLength');
const source = platformGetter(RegExp.prototype, 'source')!;
const FLAGS = [
  ['g', 'global'],
  ['i', 'ignoreCase'],
  ['m', 'multiline'],
  ['s', 'dotAll'],
  ['u', 'unicode'],
  ['y', 'sticky'],
].map(([flag, name]) => [flag!, platformGetter(RegExp.prototype, name!)!] as const);
const href = platformGetter(globalThis.URL?.prototype, 'href');
const urlPrototype = globalThis.URL?.prototype;

/** A value that is named rather than opened. */
export interface Named {
  name: string;
  /** The name says something of the application's: it is redacted, and left out with `content: 'none'`. */
  content?: true;
}

/** How an object that has no fields to show is named; `undefined` for the ones to be walked. Never a proxy. */
export function nameExotic(value: object): Named | undefined {
  if (types.isDate(value)) return nameDate(value);
  if (ArrayBuffer.isView(value)) return nameView(value);
  if (types.isAnyArrayBuffer(value)) {
    const bytes = types.isSharedArrayBuffer(value) ? sharedBytes?.(value) : bufferBytes(value);
    return { name: `[ArrayBuffer ${bytes} bytes]` };
  }
  if (types.isRegExp(value)) {
    const flags = FLAGS.map(([flag, get]) => (get(value) ? flag : '')).join('');
    return { name: `/${source(value)}/${flags}`, content: true };
  }
  if (types.isPromise(value)) return { name: '[Promise]' };
  if (types.isWeakMap(value)) return { name: '[WeakMap]' };
  if (types.isWeakSet(value)) return { name: '[WeakSet]' };
  if (types.isGeneratorObject(value)) return { name: '[Generator]' };
  if (types.isExternal(value)) return { name: '[External]' };
  if (types.isModuleNamespaceObject(value)) return { name: '[Module]' };
  if (urlPrototype !== undefined && hasPrototype(value, urlPrototype)) return nameUrl(value);
  return nameStream(value);
}

function nameDate(date: Date): Named {
  const time = Date.prototype.getTime.call(date);
  return { name: Number.isNaN(time) ? '[Invalid Date]' : new Date(time).toISOString(), content: true };
}

function nameView(view: ArrayBufferView): Named {
  if (types.isDataView(view)) return { name: `[DataView ${dataViewBytes(view)} bytes]` };
  if (Buffer.isBuffer(view)) return { name: `[Buffer ${viewBytes(view)} bytes]` };
  return { name: `[${viewName(view)} ${viewLength(view)}]` };
}

function nameUrl(url: object): Named {
  try {
    return { name: String(href?.(url)), content: true };
  } catch {
    return { name: '[URL]' };
  }
}

/** Streams, sockets and HTTP messages hold each other and the whole server; only what distinguishes them is written. */
function nameStream(value: object): Named | undefined {
  const isStream =
    ownData(value, '_readableState') !== undefined ||
    ownData(value, '_writableState') !== undefined ||
    (ownData(value, 'outputData') !== undefined && typeof chainData(value, 'writeHead') === 'function');
  if (!isStream) return undefined;
  const parts = [classNameOf(value) ?? 'Stream'];
  for (const key of ['method', 'url', 'statusCode']) {
    const part = chainData(value, key);
    if (typeof part === 'string' || typeof part === 'number') parts.push(String(part).slice(0, 500));
  }
  return { name: `[${parts.join(' ')}]`, content: true };
}

/** Functions by name, symbols by description, bigints as JavaScript writes them. */
export function namePrimitive(value: bigint | symbol | ((...args: never[]) => unknown) | undefined): Named {
  switch (typeof value) {
    case 'bigint':
      // Turning a bigint of a million digits into text takes seconds.
      return BigInt.asIntN(2048, value) === value
        ? { name: `${value}n`, content: true }
        : { name: '[BigInt over 2048 bits]' };
    case 'symbol':
      return { name: String(value), content: true };
    case 'function': {
      if (types.isProxy(value)) return { name: '[Proxy]' };
      const name = ownData(value, 'name');
      return {
        name: typeof name === 'string' && name !== '' ? `[Function ${name.slice(0, 100)}]` : '[Function]',
        content: true,
      };
    }
    default:
      return { name: '[undefined]' };
  }
}

const BOXES = [
  [types.isStringObject, String.prototype.valueOf],
  [types.isNumberObject, Number.prototype.valueOf],
  [types.isBooleanObject, Boolean.prototype.valueOf],
  [types.isBigIntObject, BigInt.prototype.valueOf],
  [types.isSymbolObject, Symbol.prototype.valueOf],
] as const;

/** `new String('x')` → `'x'`, whatever its own `valueOf` would say. */
export function unbox(value: object): unknown {
  for (const [is, valueOf] of BOXES) if (is(value)) return Reflect.apply(valueOf as () => unknown, value, []);
  return undefined;
}
