import { types } from 'node:util';
import { isCardNumber } from './card-numbers.js';
import { KeyTrail } from './key-trail.js';
import type { Limits } from './limits.js';
import { hidesField, hidesSecond } from './hidden-fields.js';
import { MaskedCopy } from './masked-copy.js';
import { MetObjects } from './met-objects.js';
import { isPlainClass } from './plain-class.js';
import { REDACTED } from './redacted.js';
import { LEAST_SECRET, type Redaction } from './redaction.js';
import { NAMING, ODD, OPEN, PAIRED } from './secret-keys.js';

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const hasOwn = Reflect.get(Object.prototype, 'hasOwnProperty') as (this: object, key: PropertyKey) => boolean;
const { isProxy, isBoxedPrimitive } = types;
const PLAIN = Object.prototype;
const LIST = Array.prototype;
/** A descriptor costs as much time as this question, of elements three times as much, and is garbage afterwards. */
const lookupGetter = Reflect.get(PLAIN, '__lookupGetter__') as (this: object, key: PropertyKey) => unknown;

const OF_DATE = ['toJSON', 'toISOString', 'valueOf', Symbol.toPrimitive] as const;
const dateMethods = OF_DATE.map((name) => Date.prototype[name]);

/** A valid date that nobody gave methods of its own: the native writer's text is ours. */
function isPlainDate(date: object): boolean {
  if (!types.isDate(date) || Number.isNaN(Date.prototype.getTime.call(date))) return false;
  return Reflect.ownKeys(date).length === 0 && OF_DATE.every((name, i) => Date.prototype[name] === dateMethods[i]);
}

type Fields = Readonly<Record<string, unknown>>;

/** Null, a boolean, or a finite number that is no card's; JSON has no sign of zero. */
function isPlainPrimitive(value: unknown): boolean {
  if (typeof value !== 'number') return value === null || typeof value === 'boolean';
  if (value >= 2e12) return value < Infinity && !isCardNumber(value);
  return value > -Infinity && (value !== 0 || 1 / value > 0);
}

const REFUSED = -1;
/** The name of a secret, and no text that holds one. */
const PLAIN_NAME = /^[\w$.-]{1,64}$/;
/** A value for which `JSON.stringify` will not do. */
export const NOT_PLAIN = Symbol('not plain');

/**
 * Whether `JSON.stringify` would write just what `JsonWriter` would: objects and arrays of texts, finite numbers, dates
 * and booleans, within the limits, with no getter, no `toJSON` and no second way to the same object. Most payloads are,
 * and this question with the native writer costs less than building the text in JavaScript.
 *
 * Objects that hold only primitives are not remembered: meeting one twice is harmless, and remembering is what costs.
 * A cycle needs no memory either: it runs into the depth limit.
 */
export class PlainCheck {
  private readonly trail: KeyTrail;
  private readonly holders = new MetObjects();
  private readonly masks = new MaskedCopy();
  private nodes = 0;
  private chars = 0;

  constructor(
    private readonly limits: Limits,
    private readonly redaction: Redaction,
  ) {
    this.trail = new KeyTrail(redaction);
  }

  /**
   * The value for `JSON.stringify`: as it is, or a copy without what its keys call secret; or `NOT_PLAIN`. Never throws
   * for what is no proxy; a proxy is seen before it is touched.
   */
  plain(value: unknown): unknown {
    if (this.redaction.content === 'none' || this.redaction.paths !== undefined) return NOT_PLAIN;
    // An application that adds one to these would be called by the native writer.
    if ('toJSON' in PLAIN || 'toJSON' in LIST) return NOT_PLAIN;
    this.nodes = this.limits.maxNodes;
    this.chars = this.limits.maxEventBytes;
    try {
      return this.check(value, 0) ? this.masks.of(value) : NOT_PLAIN;
    } finally {
      this.holders.clear();
      this.masks.clear();
    }
  }

  /** What may still be met; it tells the size of what was. */
  private get left(): number {
    return this.nodes + this.chars;
  }

  private check(value: unknown, depth: number): boolean {
    if (typeof value === 'string') return this.checkText(value);
    return typeof value === 'object' && value !== null ? this.checkObject(value, depth) : isPlainPrimitive(value);
  }

  private checkText(text: string): boolean {
    const { length } = text;
    if (length > this.limits.maxStringLength || (this.chars -= length) < 0) return false;
    // In the finished JSON every key has a colon; here they are few.
    if (length >= LEAST_SECRET && text.indexOf(':') >= 0 && this.redaction.suspectsAtColon(text)) return false;
    return !(this.redaction.hasPatterns && this.redaction.matchesPattern(text));
  }

  private checkObject(value: object, depth: number): boolean {
    if (isProxy(value) || depth >= this.limits.maxDepth) return false;
    const prototype = getPrototypeOf(value) as object | null;
    if (prototype === LIST) return Array.isArray(value) && this.checkList(value, depth);
    // Whatever its prototype: the native writer asks it for its `valueOf`.
    if (isBoxedPrimitive(value)) return false;
    if (prototype === PLAIN) return this.countFields(value as Fields, depth) !== REFUSED;
    if (prototype === Date.prototype) return isPlainDate(value);
    // One with no fields is named by its class.
    return isPlainClass(value, prototype) && this.countFields(value as Fields, depth) > 0;
  }

  private checkList(list: unknown[], depth: number): boolean {
    const { length } = list;
    const before = this.left;
    if ((this.nodes -= length) < 0 || (length === 2 && hidesSecond(this.redaction.judge, list))) return false;
    let holds = false;
    for (let i = 0; i < length; i++) {
      // A hole has no value, whoever it might inherit one from.
      if (lookupGetter.call(list, i) !== undefined) return false;
      const value = list[i];
      const { size } = this.masks;
      if (!this.check(value, depth + 1)) return false;
      if (typeof value === 'object' && value !== null) {
        holds = true;
        if (this.masks.size > size) this.masks.enter(list, i, value);
      }
    }
    return !holds || depth === 0 || this.holders.add(list, before - this.left);
  }

  /** How many fields JSON shows of an object. */
  private countFields(object: Fields, depth: number): number {
    const { trail } = this;
    const before = this.left;
    let step = trail.start;
    let count = 0;
    let holds = false;
    let isNamed = false;
    let paired: unknown;
    for (const key in object) {
      if (--this.nodes < 0) return REFUSED;
      if (!hasOwn.call(object, key) || lookupGetter.call(object, key) !== undefined) return REFUSED;
      const next = step.next;
      step = next !== undefined && next.key === key ? next : trail.find(step, key);
      const value: unknown = object[key];
      if (value === undefined) {
        // As in JSON: a field without a value is no field. One that can only be set is shown.
        if (getOwnPropertyDescriptor(object, key)?.set !== undefined) return REFUSED;
        continue;
      }
      count++;
      const { verdict } = step;
      if ((this.chars -= key.length) < 0) return REFUSED;
      if (verdict !== OPEN) {
        if (verdict === NAMING) isNamed = true;
        else if (verdict === ODD) return REFUSED;
        else if (verdict !== PAIRED) {
          if (hidesField(this.redaction.judge, object, verdict, value)) {
            if ((this.chars -= REDACTED.length) < 0 || !PLAIN_NAME.test(key)) return REFUSED;
            this.masks.hide(object, key);
            continue;
          }
        } else if (paired === undefined) paired = value;
        else return REFUSED;
      }
      const { size } = this.masks;
      if (!this.check(value, depth + 1)) return REFUSED;
      if (typeof value === 'object' && value !== null) {
        holds = true;
        if (this.masks.size > size) this.masks.enter(object, key, value);
      }
    }
    if (isNamed && paired !== undefined && hidesField(this.redaction.judge, object, PAIRED, paired)) return REFUSED;
    return holds && depth > 0 && !this.holders.add(object, before - this.left) ? REFUSED : count;
  }
}
