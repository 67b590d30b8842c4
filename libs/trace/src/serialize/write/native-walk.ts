import { types } from 'node:util';
import type { Limits } from '../limits.js';
import { isCardNumber } from '../redact/card-numbers.js';
import { hidesField, hidesSecond } from '../redact/hidden-fields.js';
import { REDACTED } from '../redact/redacted.js';
import { LEAST_SECRET, type Redaction } from '../redact/redaction.js';
import { NAMING, OPEN, PAIRED } from '../redact/secret-keys.js';
import { hasOwn, isoOf, lookupGetter, timeOf } from '../values/platform-functions.js';
import { readValue } from '../values/value-readers.js';
import { classKind, PLAIN_CLASS } from './plain-class.js';
import { SeenObjects } from './seen-objects.js';
import type { KeyStep, ShapeCache } from './shape-cache.js';

const { getOwnPropertyDescriptor, getOwnPropertySymbols, getPrototypeOf } = Object;
const { isArray } = Array;
const { isProxy, isBoxedPrimitive, isDate } = types;
const PLAIN = Object.prototype;
const LIST = Array.prototype;
const DATE = Date.prototype;

/** The native writer would write this value otherwise; `PlainWriter` may write it. */
export const CAREFUL = Symbol('careful');
/** `PlainWriter` refuses this value too. */
export const BEYOND = Symbol('beyond');
export type Refusal = typeof CAREFUL | typeof BEYOND;

/** Between two texts. A quote is part of no secret, and no name of one. */
const SEPARATOR = '"';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Asks of a value what `JSON.stringify` would do otherwise than `PlainWriter`, and collects the texts that are searched for
 * secrets. It calls nothing of the application's.
 *
 * Objects with a hidden field, dates and values of libraries are replaced in a copy; nothing of the value is changed.
 */
export class NativeWalk {
  /** The texts that can hold a secret, one behind the other. */
  texts = '';
  private readonly holders = new SeenObjects();
  private nodes = 0;
  private chars = 0;
  /** Of the texts and numbers so far. The difference at two places is nearly always different for different objects. */
  private sum = 0;

  constructor(
    private readonly limits: Limits,
    private readonly redaction: Redaction,
    private readonly shapes: ShapeCache,
  ) {}

  /** What `JSON.stringify` may write in place of `value`, mostly `value` itself. */
  walk(value: object): unknown {
    this.nodes = this.limits.maxNodes;
    this.chars = this.limits.maxEventBytes;
    return this.object(value, 0, this.shapes.start);
  }

  clear(): void {
    this.texts = '';
    this.holders.clear();
  }

  private object(value: object, depth: number, place: KeyStep): unknown {
    if (isProxy(value) || depth >= this.limits.maxDepth) return BEYOND;
    const prototype = getPrototypeOf(value) as object | null;
    if (prototype === PLAIN) {
      // Boxed primitives and arrays may have been given this prototype; a `toJSON` need not be enumerable.
      if (isArray(value) || isBoxedPrimitive(value) || 'toJSON' in value) return CAREFUL;
      return this.fields(value as Fields, depth, place, false);
    }
    if (prototype === LIST) {
      if (!isArray(value)) return BEYOND;
      return 'toJSON' in value ? CAREFUL : this.list(value, depth, place);
    }
    if (prototype === DATE) {
      return isDate(value) && !Number.isNaN(timeOf.call(value)) ? isoOf.call(value) : BEYOND;
    }
    return isBoxedPrimitive(value) ? BEYOND : this.instance(value, prototype, depth, place);
  }

  /** An object of a class, or without a prototype: only its fields are shown, or what a reader makes of it. */
  private instance(value: object, prototype: object | null, depth: number, place: KeyStep): unknown {
    const kind = classKind(value, prototype);
    if (kind === undefined) return BEYOND;
    // Without a prototype it may be what JSON.rawJSON makes, which is written as it is.
    if (kind === PLAIN_CLASS)
      return this.fields(value as Fields, depth, place, prototype === null || 'toJSON' in value, true);
    const shown = readValue(kind, value);
    if (typeof shown === 'number') return this.number(shown);
    if (typeof shown !== 'string') return BEYOND;
    return this.takesText(shown) ? shown : CAREFUL;
  }

  private takesText(text: string): boolean {
    const { length } = text;
    if (length > this.limits.maxStringLength || (this.chars -= length) < 0) return false;
    if (length < LEAST_SECRET) {
      this.sum += length;
      return true;
    }
    this.sum = (this.sum + length * 31 + text.charCodeAt(length - 1)) | 0;
    this.texts += SEPARATOR + text;
    return true;
  }

  /** The number, or what is written in its place. */
  private number(value: number): unknown {
    if ((value | 0) === value && value !== 0) {
      this.sum = (this.sum + value) | 0;
      return value;
    }
    if (!Number.isFinite(value)) return BEYOND;
    // JSON loses the sign of zero.
    if (value === 0 && 1 / value < 0) return CAREFUL;
    if (value >= 2e12 && isCardNumber(value)) return REDACTED;
    this.sum = (this.sum + (value | 0)) | 0;
    return value;
  }

  /** The value of a field or an element, or what is written in its place. */
  private value(value: unknown, depth: number, place: KeyStep): unknown {
    switch (typeof value) {
      case 'string':
        return this.takesText(value) ? value : CAREFUL;
      case 'number':
        return this.number(value);
      case 'boolean':
        return value;
      case 'object':
        return value === null ? value : this.object(value, depth, place);
      default:
        return BEYOND;
    }
  }

  private list(list: unknown[], depth: number, place: KeyStep): unknown {
    const { length } = list;
    if ((this.nodes -= length) < 0) return BEYOND;
    const before = this.sum;
    const hidden = length === 2 && hidesSecond(this.redaction.judge, list) ? 1 : -1;
    let holds = false;
    let copy: unknown[] | undefined;
    for (let i = 0; i < length; i++) {
      // A hole has no value, even if its prototype has one.
      if (lookupGetter.call(list, i) !== undefined) return BEYOND;
      const value = list[i];
      const shown = i === hidden ? REDACTED : this.value(value, depth + 1, place);
      if (shown === CAREFUL || shown === BEYOND) return shown;
      if (shown !== value) copy ??= beginning(list, i);
      copy?.push(shown);
      holds ||= typeof value === 'object' && value !== null;
    }
    return !holds || depth === 0 || this.isNew(list, before) ? (copy ?? list) : BEYOND;
  }

  private fields(object: Fields, depth: number, place: KeyStep, copies: boolean, isInstance = false): unknown {
    const { shapes } = this;
    const before = this.sum;
    let step = place;
    let count = 0;
    let holds = false;
    let isNamed = false;
    let paired: unknown;
    let changed: Changes | undefined;
    for (const key in object) {
      if (--this.nodes < 0 || !hasOwn.call(object, key) || lookupGetter.call(object, key) !== undefined) return BEYOND;
      const next = step.next;
      step = next !== undefined && next.key === key ? next : shapes.find(step, key);
      const value: unknown = object[key];
      if (value === undefined) {
        // As in JSON: a field without a value is no field. One that can only be set is shown.
        if (getOwnPropertyDescriptor(object, key)?.set !== undefined) return BEYOND;
        continue;
      }
      if (!step.isPlain) return CAREFUL;
      count++;
      const { verdict } = step;
      if (verdict !== OPEN) {
        if (verdict === NAMING) isNamed = true;
        else if (verdict === PAIRED && !isNamed) {
          if (paired !== undefined) return BEYOND;
          paired = value;
        } else if (hidesField(this.redaction.judge, object, verdict, value)) {
          (changed ??= new Changes()).set(key, REDACTED);
          continue;
        }
      }
      if (typeof value === 'string') {
        if (this.takesText(value)) continue;
        return CAREFUL;
      }
      let shown: unknown;
      if (typeof value === 'object' && value !== null) {
        shown = this.object(value, depth + 1, shapes.inside(step));
        holds = true;
      } else shown = this.value(value, depth + 1, place);
      if (shown === value) continue;
      if (shown === CAREFUL || shown === BEYOND) return shown;
      (changed ??= new Changes()).set(key, shown);
    }
    // The name came behind what it names.
    if (isNamed && paired !== undefined && hidesField(this.redaction.judge, object, PAIRED, paired)) return BEYOND;
    // An instance with no fields is named by its class.
    if (isInstance && count === 0) return BEYOND;
    if (holds && depth > 0 && !this.isNew(object, before)) return BEYOND;
    return changed !== undefined || copies ? copyOf(object, changed ?? NOTHING) : object;
  }

  /** @param before the sum before the object's texts and numbers */
  private isNew(object: object, before: number): boolean {
    const mark = (this.sum - before) | 0;
    return this.holders.add(object, mark ^ (mark >>> 13));
  }
}

/** The fields that are written otherwise than they are. Few: two lists are searched faster than a map. */
class Changes {
  readonly keys: string[] = [];
  readonly values: unknown[] = [];

  set(key: string, value: unknown): void {
    this.keys.push(key);
    this.values.push(value);
  }
}

const NOTHING = new Changes();

/** The first `count` elements, which have been found to be no getters. `slice` would ask the list for its constructor. */
function beginning(list: unknown[], count: number): unknown[] {
  const copy: unknown[] = [];
  for (let i = 0; i < count; i++) copy.push(list[i]);
  return copy;
}

/**
 * A copy of the fields, all of which have been found to be no getters. Spreading reads the fields under symbols too; with one of
 * those there is no copy.
 */
function copyOf(object: Fields, { keys, values }: Changes): object | Refusal {
  if (getOwnPropertySymbols(object).length > 0) return CAREFUL;
  const copy: Record<string, unknown> = { ...object };
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    // An assignment would set the prototype.
    if (key === '__proto__') return CAREFUL;
    copy[key] = values[i];
  }
  return copy;
}
