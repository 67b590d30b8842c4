import { isPlainObject } from '../../model/objects.js';
import type { ValueDifference } from '../../contract/responses.js';
import { boundedJson } from '../text/bounded-json.js';

/** Characters of JSON; a longer value is shown as the beginning of its JSON. */
const MAX_SHOWN_CHARACTERS = 2_000;
/** Differences that are listed per value; further ones are counted. */
const MAX_LISTED = 50;
/** Below this depth, two values are compared by their text. */
const MAX_DEPTH = 64;

export interface ValueDifferences {
  differences: ValueDifference[];
  /** Number of further differences. */
  more: number;
}

/**
 * Differences of two JSON values by path: `input.day`, `output[2].free`. A side that lacks the place has no key. Equal items
 * at the begin and end of two lists are skipped first, so that one inserted item is one difference.
 */
export function valueDifferences(a: unknown, b: unknown, path = ''): ValueDifferences {
  const found = new Differences();
  found.compare(a, b, path, 0);
  return { differences: found.listed, more: found.count - found.listed.length };
}

export function sameValue(a: unknown, b: unknown): boolean {
  const found = new Differences();
  found.compare(a, b, '', 0);
  return found.count === 0;
}

class Differences {
  readonly listed: ValueDifference[] = [];
  count = 0;

  compare(a: unknown, b: unknown, path: string, depth: number): void {
    if (Object.is(a, b)) return;
    if (depth < MAX_DEPTH && Array.isArray(a) && Array.isArray(b)) return this.lists(a, b, path, depth);
    if (depth < MAX_DEPTH && isPlainObject(a) && isPlainObject(b)) return this.objects(a, b, path, depth);
    if (depth >= MAX_DEPTH && shown(a) === shown(b)) return;
    this.add(path, { a, b });
  }

  private objects(a: Record<string, unknown>, b: Record<string, unknown>, path: string, depth: number): void {
    for (const key of Object.keys(a)) {
      const at = path === '' ? step(key).replace(/^\./, '') : path + step(key);
      if (Object.hasOwn(b, key)) this.compare(a[key], b[key], at, depth + 1);
      else this.add(at, { a: a[key] });
    }
    for (const key of Object.keys(b)) {
      if (!Object.hasOwn(a, key))
        this.add(path === '' ? step(key).replace(/^\./, '') : path + step(key), { b: b[key] });
    }
  }

  private lists(a: readonly unknown[], b: readonly unknown[], path: string, depth: number): void {
    const shorter = Math.min(a.length, b.length);
    let start = 0;
    if (a.length !== b.length) while (start < shorter && sameValue(a[start], b[start])) start += 1;
    let end = 0;
    if (a.length !== b.length) while (end < shorter - start && sameValue(a.at(-1 - end), b.at(-1 - end))) end += 1;
    const paired = shorter - end;
    for (let index = start; index < paired; index += 1) {
      this.compare(a[index], b[index], `${path}[${index}]`, depth + 1);
    }
    for (let index = paired; index < a.length - end; index += 1) this.add(`${path}[${index}]`, { a: a[index] });
    for (let index = paired; index < b.length - end; index += 1) this.add(`${path}[${index}]`, { b: b[index] });
  }

  private add(path: string, sides: { a?: unknown; b?: unknown }): void {
    this.count += 1;
    if (this.listed.length >= MAX_LISTED) return;
    this.listed.push({
      path,
      ...('a' in sides && { a: shown(sides.a) }),
      ...('b' in sides && { b: shown(sides.b) }),
    });
  }
}

/** `.day`, or `["with.dots"]` for a key that is no plain word. */
function step(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function shown(value: unknown): unknown {
  if (value === undefined) return null;
  const { text, cut } = boundedJson(value, { maxCharacters: MAX_SHOWN_CHARACTERS });
  return cut ? text : value;
}
