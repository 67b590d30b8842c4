import { objectEnd, stringEnd } from '../stream/json-values.js';
import { tryJson } from '../stream/stream-event.js';

/** Characters of an object that is searched in the tail of a body. Usage with all its details has under 1,000. */
const MAX_OBJECT = 4_000;
/** Occurrences of a name that are tried. */
const MAX_TRIES = 5;

/** The last object of this name in a text that begins inside a JSON value: `"usage": {…}`. */
export function objectIn(tail: string, name: string): Record<string, unknown> | undefined {
  return lastOf(tail, name, (from) => {
    if (tail[from] !== '{') return undefined;
    const stop = objectEnd(tail, from, Math.min(tail.length, from + MAX_OBJECT));
    return stop === undefined ? undefined : (tryJson(tail.slice(from, stop)) as Record<string, unknown> | undefined);
  });
}

/** The last text of this name in a text that begins inside a JSON value: `"finish_reason": "stop"`. */
export function wordIn(tail: string, name: string): string | undefined {
  return lastOf(tail, name, (from) => {
    const stop = tail[from] === '"' ? stringEnd(tail, from) : undefined;
    if (stop === undefined || stop - from > 200) return undefined;
    const word = tryJson(tail.slice(from, stop + 1));
    return typeof word === 'string' && word !== '' ? word : undefined;
  });
}

/** Inside a text of JSON, quotes are escaped: a name with bare quotes is a member's. */
function lastOf<T>(tail: string, name: string, read: (from: number) => T | undefined): T | undefined {
  const quoted = `"${name}"`;
  let found = tail.lastIndexOf(quoted);
  for (let tries = 0; found >= 0 && tries < MAX_TRIES; tries += 1) {
    const from = /^\s{0,8}:\s{0,8}/.exec(tail.slice(found + quoted.length, found + quoted.length + 17));
    const value = from ? read(found + quoted.length + from[0].length) : undefined;
    if (value !== undefined) return value;
    if (found === 0) break;
    found = tail.lastIndexOf(quoted, found - 1);
  }
  return undefined;
}
