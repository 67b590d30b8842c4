import { isPlainObject } from '../model/objects.js';
import { badOption, functionOption } from '../model/option-checks.js';
import type { TracedRequest } from './traced-request.js';

/** A place in the request: `'body.customer.phone'`, `'body.messages.0.from'`, `'params.contact'`, `'headers.x-contact'`. */
export type RequestKey = `${'body' | 'query' | 'params' | 'headers'}.${string}`;

/** Returns a value of the request: a function, a place in it, or several places of which the first with a value is taken. */
export type RequestValue<T = TracedRequest> = ((request: T) => string | undefined) | RequestKey | readonly RequestKey[];

/** The function that a `RequestValue` is short for. A key with another form finds nothing. */
export function readRequestValue<T>(
  given: RequestValue<T> | undefined,
): ((request: T) => string | undefined) | undefined {
  if (given === undefined || typeof given === 'function') return given;
  const paths = [given].flat().map((key) => (isRequestKey(key) ? key.split('.') : []));
  return (request) => {
    for (const path of paths) {
      const found = textAt(request, path);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/**
 * The function of an option of this type.
 * @throws TraceCollectorError `OPTION_INVALID` for another value.
 */
export function requestValueOption(
  name: string,
  given: RequestValue | undefined,
): ((request: TracedRequest) => string | undefined) | undefined {
  const keys: unknown = typeof given === 'string' ? [given] : given;
  if (Array.isArray(keys)) {
    const wrong: unknown = keys.length === 0 ? keys : keys.find((key) => !isRequestKey(key));
    if (wrong !== undefined) {
      throw badOption(name, wrong, "a function of the request, or places in it such as 'body.customer.phone'");
    }
    return readRequestValue(given);
  }
  return functionOption(name, given as ((request: TracedRequest) => string | undefined) | undefined);
}

function isRequestKey(key: unknown): key is RequestKey {
  return typeof key === 'string' && /^(?:body|query|params|headers)(?:\.[^.]+)+$/.test(key);
}

/** Own members only: a name such as `constructor` has no value. Header names are in lower case, as Node delivers them. */
function textAt(request: unknown, [part, ...rest]: readonly string[]): string | undefined {
  // A framework defines `query` and `body` as it likes: on the prototype, too.
  let value = part === undefined || !isPlainObject(request) ? undefined : request[part];
  for (const name of rest) {
    const key = part === 'headers' ? name.toLowerCase() : name;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}
