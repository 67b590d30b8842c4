import { types } from 'node:util';
import { chainData, ownData } from './safe-read.js';

/**
 * Mongoose documents, subdocuments included. Their data is in `_doc`; everything else is bookkeeping (`$__`) and the parent.
 */
export function isDocument(value: object): boolean {
  return isFields(ownData(value, '$__')) && isFields(ownData(value, '_doc'));
}

function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !types.isProxy(value);
}

export function readDocument(value: object): object | undefined {
  const data = ownData(value, '_doc');
  return isFields(data) ? copyData(data, '', schemaOf(value)) : undefined;
}

/** A schema's description of its paths (`address.zips`). */
interface SchemaPaths {
  isArray(path: string): boolean;
  isNested(path: string): boolean;
}

function schemaOf(document: object): SchemaPaths {
  const schema = chainData(document, '$__schema') ?? chainData(document, 'schema');
  const part = (name: string): object | undefined => {
    const found = isFields(schema) ? ownData(schema, name) : undefined;
    return isFields(found) ? found : undefined;
  };
  const [paths, nested] = [part('paths'), part('nested')];
  return {
    isArray(path) {
      const type = paths && ownData(paths, path);
      return isFields(type) && ARRAYS.has(ownData(type, 'instance'));
    },
    isNested: (path) => nested !== undefined && ownData(nested, path) === true,
  };
}

const ARRAYS = new Set<unknown>(['Array', 'DocumentArray']);

/** The fields of `data`, with Mongoose's arrays as plain ones. */
function copyData(data: object, prefix: string, schema: SchemaPaths): object {
  const copy = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(data)) {
    const property = Object.getOwnPropertyDescriptor(data, key);
    const path = prefix + key;
    const value: unknown = property?.value;
    if (Array.isArray(value) && types.isProxy(value) && schema.isArray(path)) copy[key] = copyList(value, 0);
    else if (schema.isNested(path) && isFields(value)) copy[key] = copyData(value, `${path}.`, schema);
    else if (property !== undefined) Object.defineProperty(copy, key, { ...property, enumerable: true });
  }
  return copy;
}

/** More elements than any limit keeps. */
const MAX_COPIED = 10_000;
const MAX_DEPTH = 8;

/**
 * Since version 6 an array of a document is a proxy that has traps for reading and writing a property, and none for asking
 * for its descriptor: this reads the array behind it without a call into Mongoose. Whatever an application puts at an array's
 * path is replaced by Mongoose with an array of its own.
 */
function copyList(list: unknown[], depth: number): unknown[] {
  const length = ownData(list, 'length');
  const copy: unknown[] = [];
  if (typeof length !== 'number') return copy;
  for (let i = 0; i < length && i < MAX_COPIED; i++) {
    const value = ownData(list, i);
    const isInner = depth < MAX_DEPTH && Array.isArray(value) && types.isProxy(value);
    copy.push(isInner ? copyList(value, depth + 1) : value);
  }
  copy.length = length;
  return copy;
}
