import { types } from 'node:util';
import { isCardNumber } from './card-numbers.js';
import type { Limits } from './limits.js';
import { hidesField, hidesSecond } from './hidden-fields.js';
import { LEAST_SECRET, type Redaction } from './redaction.js';
import { NAMING, ODD, OPEN, PAIRED, type KeyVerdict } from './secret-keys.js';

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { isProxy } = types;
const PLAIN = Object.prototype;
const LIST = Array.prototype;

const OF_DATE = ['toJSON', 'toISOString', 'valueOf', Symbol.toPrimitive] as const;
const dateMethods = OF_DATE.map((name) => Date.prototype[name]);

/** A valid date that nobody gave methods of its own: the native writer's text is ours. */
function isPlainDate(date: object): boolean {
  if (!types.isDate(date) || Number.isNaN(Date.prototype.getTime.call(date))) return false;
  return Reflect.ownKeys(date).length === 0 && OF_DATE.every((name, i) => Date.prototype[name] === dateMethods[i]);
}

/**
 * Whether `JSON.stringify` would write just what `JsonWriter` would: plain objects and arrays of texts, finite numbers,
 * dates and booleans, within the limits, with no getter, no `toJSON`, no secret key and no second way to the same object.
 * Most payloads are, and this question with the native writer costs less than building the text in JavaScript.
 *
 * Objects that hold only primitives are not remembered: meeting one twice is harmless, and remembering is what costs.
 * A cycle needs no memory either: it runs into the depth limit.
 */
export class PlainCheck {
  private nodes = 0;
  private chars = 0;
  /** Whether one of the texts of the last value had a colon: at those its JSON must be looked at (see `suspects`). */
  hasColons = false;
  private readonly holders = new Set<object>();

  constructor(
    private readonly limits: Limits,
    private readonly redaction: Redaction,
  ) {}

  /** Never throws for what is no proxy; a proxy is seen before it is touched. */
  isPlain(value: unknown): boolean {
    if (this.redaction.content === 'none' || this.redaction.paths !== undefined) return false;
    // An application that adds one to these would be called by the native writer.
    if ('toJSON' in PLAIN || 'toJSON' in LIST) return false;
    this.hasColons = false;
    this.nodes = this.limits.maxNodes;
    this.chars = this.limits.maxEventBytes;
    try {
      return this.check(value, 0);
    } finally {
      if (this.holders.size > 0) this.holders.clear();
    }
  }

  private check(value: unknown, depth: number): boolean {
    if (typeof value === 'string') return this.checkText(value);
    if (typeof value === 'number') {
      return Number.isFinite(value) && (value < 2e12 || !isCardNumber(value)) && (value !== 0 || 1 / value > 0);
    }
    if (value === null || typeof value === 'boolean') return true;
    if (typeof value !== 'object' || isProxy(value) || depth >= this.limits.maxDepth) return false;
    if (this.holders.size > 0 && this.holders.has(value)) return false;
    const prototype: unknown = getPrototypeOf(value);
    if (Array.isArray(value)) return prototype === LIST && this.checkList(value, depth);
    if (prototype === PLAIN) return this.checkObject(value, depth);
    return prototype === Date.prototype && isPlainDate(value);
  }

  private checkText(text: string): boolean {
    if (text.length > this.limits.maxStringLength || (this.chars -= text.length) < 0) return false;
    if (text.length >= LEAST_SECRET && !this.hasColons) this.hasColons = text.includes(':');
    return !(this.redaction.hasPatterns && this.redaction.matchesPattern(text));
  }

  /** Of `{ name, value }` the name is asked: a value is so named by many, and few of their names are a secret's. */
  private isOdd(holder: object, verdict: KeyVerdict, value: unknown): boolean {
    const { judge } = this.redaction;
    if (verdict === ODD) return true;
    if (verdict === NAMING) return typeof value === 'string' && judge(value) !== OPEN;
    return verdict !== PAIRED && hidesField(judge, holder, verdict, value);
  }

  private checkList(list: unknown[], depth: number): boolean {
    const { length } = list;
    if ((this.nodes -= length) < 0 || (length === 2 && hidesSecond(this.redaction.judge, list))) return false;
    let holds = false;
    for (let i = 0; i < length; i++) {
      const property = getOwnPropertyDescriptor(list, i);
      if (property === undefined || !('value' in property)) return false;
      const value: unknown = property.value;
      if (!this.check(value, depth + 1)) return false;
      holds ||= typeof value === 'object' && value !== null;
    }
    if (holds && depth > 0) this.holders.add(list);
    return true;
  }

  private checkObject(object: object, depth: number): boolean {
    let holds = false;
    for (const key in object) {
      if (--this.nodes < 0) return false;
      const property = getOwnPropertyDescriptor(object, key);
      if (property === undefined || !('value' in property)) return false;
      const value: unknown = property.value;
      // As in JSON: a field without a value is no field.
      if (value === undefined) continue;
      const verdict = this.redaction.judge(key);
      if (verdict !== OPEN && this.isOdd(object, verdict, value)) return false;
      if ((this.chars -= key.length) < 0 || (this.redaction.hasPatterns && this.redaction.matchesPattern(key)))
        return false;
      if (!this.check(value, depth + 1)) return false;
      holds ||= typeof value === 'object' && value !== null;
    }
    if (holds && depth > 0) this.holders.add(object);
    return true;
  }
}
