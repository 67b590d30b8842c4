import { types } from 'node:util';
import type { JsonBytes } from '../../model/json-bytes.js';
import { JsonPiece } from '../../model/json-pieces.js';
import { isCardNumber } from '../redact/card-numbers.js';
import { hidesField, hidesSecond } from '../redact/hidden-fields.js';
import { MAX_KEY } from './key-facts.js';
import type { KeyStep, ShapeCache } from './shape-cache.js';
import type { Limits } from '../limits.js';
import { SeenObjects } from './seen-objects.js';
import { classKind, PLAIN_CLASS } from './plain-class.js';
import { REDACTED } from '../redact/redacted.js';
import type { Redaction } from '../redact/redaction.js';
import { NAMING, OPEN, PAIRED } from '../redact/secret-keys.js';
import { writeText } from './text-writer.js';
import { hasOwn, isoOf, lookupGetter, timeOf } from '../values/platform-functions.js';
import type { ValueReader } from '../values/value-reader.js';
import { readValue } from '../values/value-readers.js';

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { isProxy, isBoxedPrimitive, isDate } = types;
const PLAIN = Object.prototype;
const LIST = Array.prototype;
const DATE = Date.prototype;

const COMMA = 0x2c;
const OPENING = 0x7b;
const [NULL, TRUE, FALSE] = pieces('null', 'true', 'false');
const HIDDEN = JsonPiece.of(JSON.stringify(REDACTED));
/** Replace values where content is not kept. */
const [A_NUMBER, A_BOOLEAN] = pieces('"[number]"', '"[boolean]"');
const [A_TEXT, A_DATE, SIZE_END] = pieces('"[string ', '"[Date ', ']"');
const REFUSED = -1;
/** Bytes for brackets, commas, known keys and numbers between two calls of `room`. */
const SPARE = 512;

function pieces<T extends readonly string[]>(...texts: T): { [K in keyof T]: JsonPiece } {
  return texts.map((text) => JsonPiece.of(text)) as { [K in keyof T]: JsonPiece };
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Writes what nearly every payload is: objects and arrays of texts, finite numbers, dates and booleans, within the limits,
 * with no getter and no second way to the same object. One pass checks, redacts and encodes; what it meets otherwise it
 * refuses, and `JsonWriter` begins anew. It calls nothing of the application's.
 *
 * Objects that hold only primitives are not remembered: meeting one twice is harmless, and remembering is what costs.
 * A cycle needs no memory either: it runs into the depth limit.
 */
export class PlainWriter {
  private readonly sizesOnly: boolean;
  private readonly holders = new SeenObjects();
  private nodes = 0;

  constructor(
    private readonly out: JsonBytes,
    private readonly limits: Limits,
    private readonly redaction: Redaction,
    private readonly shapes: ShapeCache,
  ) {
    this.sizesOnly = redaction.content === 'none';
  }

  /** `false`: refused. Never throws for what is no proxy; a proxy is seen before it is touched. */
  write(value: unknown): boolean {
    if (this.redaction.paths !== undefined) return false;
    this.nodes = this.limits.maxNodes;
    this.out.start();
    try {
      return this.value(value, 0, this.shapes.start) && this.fits;
    } finally {
      this.holders.clear();
    }
  }

  private get fits(): boolean {
    return this.out.at <= this.limits.maxEventBytes;
  }

  /** @param place start of the keys of an object at this place */
  private value(value: unknown, depth: number, place: KeyStep): boolean {
    switch (typeof value) {
      case 'string':
        if (this.sizesOnly) this.size(A_TEXT, value);
        else this.text(value, this.limits.maxStringLength);
        return true;
      case 'number':
        return this.number(value);
      case 'boolean':
        this.out.write(this.sizesOnly ? A_BOOLEAN : value ? TRUE : FALSE);
        return true;
      case 'object':
        if (value !== null) return this.object(value, depth, place);
        this.out.write(NULL);
        return true;
      default:
        return false;
    }
  }

  /** A text is redacted if the marks found while it was written make it suspect. */
  private text(text: string, most: number): void {
    const { out, redaction } = this;
    if (text.length <= most) {
      const start = out.at;
      if (!redaction.suspectsText(text, writeText(out, text))) return;
      out.at = start;
    }
    writeText(out, redaction.string(text, most));
  }

  private size(kind: JsonPiece, text: string): void {
    this.out.room(SPARE);
    this.out.write(kind);
    this.out.writeNumber(text.length);
    this.out.write(SIZE_END);
  }

  private number(value: number): boolean {
    if (!Number.isFinite(value)) return false;
    if (this.sizesOnly) this.out.write(A_NUMBER);
    else if (value >= 2e12 && isCardNumber(value)) this.out.write(HIDDEN);
    else this.out.writeNumber(value);
    return true;
  }

  private object(value: object, depth: number, place: KeyStep): boolean {
    if (isProxy(value) || depth >= this.limits.maxDepth) return false;
    this.out.room(SPARE);
    const prototype = getPrototypeOf(value) as object | null;
    if (prototype === PLAIN) return this.fields(value as Fields, depth, place) !== REFUSED;
    if (prototype === LIST) return Array.isArray(value) && this.list(value, depth, place);
    if (prototype === DATE) return this.date(value);
    if (isBoxedPrimitive(value)) return false;
    const kind = classKind(value, prototype);
    // One with no fields is named by its class.
    if (kind === PLAIN_CLASS) return this.fields(value as Fields, depth, place) > 0;
    return kind !== undefined && this.read(kind, value);
  }

  /** Texts and numbers, as which most values of libraries are shown. */
  private read(reader: ValueReader, value: object): boolean {
    const shown = this.sizesOnly ? undefined : readValue(reader, value);
    if (typeof shown === 'number') return this.number(shown);
    if (typeof shown !== 'string') return false;
    this.text(shown, this.limits.maxStringLength);
    return true;
  }

  private date(date: object): boolean {
    if (!isDate(date) || Number.isNaN(timeOf.call(date))) return false;
    const iso = isoOf.call(date);
    if (this.sizesOnly) this.size(A_DATE, iso);
    else writeText(this.out, iso);
    return true;
  }

  private list(list: unknown[], depth: number, place: KeyStep): boolean {
    const { out } = this;
    const { length } = list;
    const start = out.at;
    if ((this.nodes -= length) < 0) return false;
    const hidden = length === 2 && hidesSecond(this.redaction.judge, list) ? 1 : -1;
    let holds = false;
    out.buffer[out.at++] = 0x5b;
    for (let i = 0; i < length; i++) {
      if (i > 0) this.comma();
      // A hole has no value, even if its prototype has one.
      if (!this.fits || lookupGetter.call(list, i) !== undefined) return false;
      const value = list[i];
      if (i === hidden) out.write(HIDDEN);
      else if (!this.value(value, depth + 1, place)) return false;
      holds ||= typeof value === 'object' && value !== null;
    }
    out.room(SPARE);
    out.buffer[out.at++] = 0x5d;
    return !holds || depth === 0 || this.holders.add(list, out.markFrom(start));
  }

  /** How many fields JSON shows of an object, or `REFUSED`. */
  private fields(object: Fields, depth: number, place: KeyStep): number {
    const { out, shapes } = this;
    const start = out.at;
    let step = place;
    let count = 0;
    let holds = false;
    let isNamed = false;
    let paired: unknown;
    out.buffer[out.at++] = OPENING;
    for (const key in object) {
      if (--this.nodes < 0 || !this.fits) return REFUSED;
      if (!hasOwn.call(object, key) || lookupGetter.call(object, key) !== undefined) return REFUSED;
      const next = step.next;
      step = next !== undefined && next.key === key ? next : shapes.find(step, key);
      const value: unknown = object[key];
      if (value === undefined) {
        // As in JSON: a field without a value is no field. One that can only be set is shown.
        if (getOwnPropertyDescriptor(object, key)?.set !== undefined) return REFUSED;
        continue;
      }
      this.key(step, count++ > 0);
      const { verdict } = step;
      if (verdict !== OPEN) {
        if (verdict === NAMING) isNamed = true;
        else if (verdict === PAIRED && !isNamed) {
          if (paired !== undefined) return REFUSED;
          paired = value;
        } else if (hidesField(this.redaction.judge, object, verdict, value)) {
          out.write(HIDDEN);
          continue;
        }
      }
      if (typeof value === 'object' && value !== null) {
        if (!this.object(value, depth + 1, shapes.inside(step))) return REFUSED;
        holds = true;
      } else if (!this.value(value, depth + 1, place)) return REFUSED;
    }
    // The name came behind what it names.
    if (isNamed && paired !== undefined && hidesField(this.redaction.judge, object, PAIRED, paired)) return REFUSED;
    out.room(SPARE);
    out.buffer[out.at++] = 0x7d;
    return holds && depth > 0 && !this.holders.add(object, out.markFrom(start)) ? REFUSED : count;
  }

  private comma(): void {
    const { out } = this;
    out.room(SPARE);
    out.buffer[out.at++] = COMMA;
  }

  /** With the comma before it, where there is one. A key may hold a secret too. */
  private key({ facts }: KeyStep, behind: boolean): void {
    const { out } = this;
    out.room(SPARE);
    if (facts.json !== undefined) {
      // The comma takes the bracket's place for a moment: one form of a key is enough.
      if (!behind) out.at -= 1;
      const { at } = out;
      out.write(facts.json);
      if (!behind) out.buffer[at] = OPENING;
      return;
    }
    if (behind) out.buffer[out.at++] = COMMA;
    const start = out.at;
    this.text(facts.key, MAX_KEY);
    out.buffer[out.at++] = 0x3a;
    if (++facts.uses === 2) facts.json = new JsonPiece(Uint8Array.from([COMMA, ...out.buffer.subarray(start, out.at)]));
  }
}
