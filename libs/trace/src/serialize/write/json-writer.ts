import { types } from 'node:util';
import { JsonBytes } from '../../model/json-bytes.js';
import { errorFields, isError } from '../values/error-read.js';
import { nameExotic, unbox } from '../values/exotic.js';
import { JsonBudget } from './json-budget.js';
import { JsonLeaves } from './json-leaves.js';
import { KeyCache } from './key-cache.js';
import type { Limits } from '../limits.js';
import { mapItems, setItems, type Items } from '../values/collections.js';
import { classKind, PLAIN_CLASS } from './plain-class.js';
import { CAREFUL } from './native-walk.js';
import { NativeWriter } from './native-writer.js';
import { PlainWriter } from './plain-writer.js';
import { ShapeCache } from './shape-cache.js';
import { DEFAULT_WAY, type Way } from './way.js';
import type { PathRule } from '../redact/redact-paths.js';
import { REDACTED } from '../redact/redacted.js';
import { hidesField, hidesSecond } from '../redact/hidden-fields.js';
import type { Redaction } from '../redact/redaction.js';
import { classNameOf } from '../values/safe-read.js';
import { OPEN } from '../redact/secret-keys.js';
import type { ValueReader } from '../values/value-reader.js';
import { readValue } from '../values/value-readers.js';

/** A reference names the place of the first writing; a longer path than this is cut, it is only a hint. */
const MAX_PATH = 120;

/** A place in the value: depth, path, and the caller's path rule for it. */
interface Place {
  depth: number;
  path: string;
  rule: PathRule | undefined;
  /** The container is not closed yet: a second reference to it is a cycle. */
  open: boolean;
}

const NO_HOLDER = {};
const NO_FIELDS: ReadonlyMap<string, unknown> = new Map();

/**
 * Writes one value as bounded, redacted JSON, in a single pass over the value. `NativeWriter` and
 * `PlainWriter` write ordinary payloads; this one takes everything else.
 */
export class JsonWriter {
  private readonly out = new JsonBytes();
  private readonly native: NativeWriter | undefined;
  private readonly plain: PlainWriter;
  private readonly budget = new JsonBudget();
  private readonly keys: KeyCache;
  private readonly leaves: JsonLeaves;
  private busy = false;
  /** Objects that are open, or closed and hold others: the place of their children. */
  private readonly written = new Map<object, Place>();

  constructor(
    private readonly limits: Limits,
    private readonly redaction: Redaction,
    private readonly way: Way = DEFAULT_WAY,
  ) {
    const shapes = new ShapeCache(redaction);
    const isNative = way === 'native' && NativeWriter.follows(redaction);
    this.native = isNative ? new NativeWriter(this.out, limits, redaction, shapes) : undefined;
    this.plain = new PlainWriter(this.out, limits, redaction, shapes);
    this.keys = new KeyCache(redaction);
    this.leaves = new JsonLeaves(this.budget, limits, redaction);
  }

  /** Valid JSON of at most `limits.maxEventBytes` bytes, until the next is written. Never throws. */
  write(value: unknown): JsonBytes {
    // Formatting a stack can run the application's code, and that may record something itself.
    if (this.busy) return new JsonWriter(this.limits, this.redaction, this.way).write(value);
    this.busy = true;
    try {
      if (!this.writesOrdinary(value)) this.replace(this.writeAny(value));
    } catch {
      this.replace('"[Unreadable]"');
    } finally {
      this.busy = false;
    }
    return this.out;
  }

  private writesOrdinary(value: unknown): boolean {
    const written = this.native?.write(value) ?? CAREFUL;
    return written === CAREFUL ? this.plain.write(value) : written === true;
  }

  /** Text for display: a string as it is, `undefined` by its name, any other value as its JSON; redacted and truncated. */
  text(value: unknown, maxLength: number): string {
    const { redaction } = this;
    if (typeof value === 'string') {
      return redaction.content === 'none' ? `[string ${value.length}]` : redaction.string(value, maxLength);
    }
    if (value === undefined) return 'undefined';
    const json = this.write(value).toString();
    const text: unknown = json.startsWith('"') ? JSON.parse(json) : json;
    return redaction.string(String(text), maxLength);
  }

  private replace(json: string): void {
    this.out.start();
    this.out.writeText(json);
  }

  private writeAny(value: unknown): string {
    this.budget.reset(this.limits.maxNodes, this.limits.maxEventBytes);
    try {
      return this.value(value, { depth: 0, path: '$', rule: this.redaction.paths, open: false });
    } finally {
      this.written.clear();
    }
  }

  private value(value: unknown, place: Place): string {
    if (place.rule?.hit && value !== null && value !== undefined) return this.budget.string(REDACTED);
    return typeof value === 'object' && value !== null ? this.object(value, place) : this.leaves.primitive(value);
  }

  private object(value: object, place: Place): string {
    if (types.isProxy(value)) return this.budget.string('[Proxy]');
    const before = this.written.get(value);
    if (before !== undefined) {
      const reference = `[${before.open ? 'Circular' : 'Shared'} ${before.path}]`;
      return this.budget.string(this.redaction.string(reference, 2 * MAX_PATH));
    }
    try {
      if (!isOrdinary(value)) {
        const exotic = nameExotic(value);
        if (exotic !== undefined) return this.leaves.named(exotic, classNameOf(value) ?? 'object');
        if (types.isBoxedPrimitive(value)) return this.value(unbox(value), place);
        const kind = classKind(value, Object.getPrototypeOf(value) as object | null);
        if (kind !== undefined && kind !== PLAIN_CLASS) return this.read(kind, value, place);
      }
      return this.opened(value, value, place);
    } catch {
      // The stack ended before the depth limit did, or the platform refuses to read a property.
      return this.budget.string('[Unreadable]');
    }
  }

  /** A value of a library as its text, its number or its data. */
  private read(reader: ValueReader, value: object, place: Place): string {
    const shown = readValue(reader, value);
    if (typeof shown === 'string')
      return this.leaves.named({ name: shown, content: true }, classNameOf(value) ?? reader.name);
    if (typeof shown === 'number') return this.leaves.primitive(shown);
    return this.opened(value, typeof shown === 'object' && shown !== null ? shown : value, place);
  }

  /** @param shown what is written of `value`: itself, or its data */
  private opened(value: object, shown: object, place: Place): string {
    if (place.depth >= this.limits.maxDepth || !this.budget.open()) return this.budget.string(unopened(value));
    return this.container(value, shown, place);
  }

  private container(value: object, shown: object, place: Place): string {
    const inner: Place = { ...place, depth: place.depth + 1, open: true };
    const count = new ChildCount();
    this.written.set(value, inner);
    try {
      if (Array.isArray(shown)) return this.list(shown, shown.length, inner, count);
      if (isOrdinary(shown)) return this.fields(shown, inner, count);
      if (types.isMap(shown)) return this.tagged('Map', mapItems(shown), inner, count);
      if (types.isSet(shown)) return this.tagged('Set', setItems(shown), inner, count);
      return this.fields(shown, inner, count);
    } finally {
      inner.open = false;
      // An object that holds no other is written each time: short, and easier to read than a reference.
      if (count.objects === 0) this.written.delete(value);
    }
  }

  private list(list: unknown[], length: number, place: Place, count: ChildCount): string {
    let json = '[';
    let at = 0;
    while (at < length && this.budget.begin(0)) {
      const start = at;
      const property = Object.getOwnPropertyDescriptor(list, at++);
      if (json.length > 1) json += ',';
      if (property === undefined) {
        // A run of holes is one entry; looking at each costs a node, so 30 million of them end at the limit.
        while (at < length && !Object.hasOwn(list, at) && this.budget.skip()) at++;
        json += this.budget.string(`[${at - start} empty]`);
      } else json += this.child(list, property, start, place, count);
    }
    return this.end(json, at < length ? `"[+${length - at} items]"` : '', ']');
  }

  private tagged(tag: 'Map' | 'Set', items: Items, place: Place, count: ChildCount): string {
    const head = this.budget.ascii(`{"[${tag}]":[`);
    let json = '';
    let done = 0;
    for (const item of items.values) {
      if (!this.budget.begin(2)) break;
      json += done > 0 ? ',' : '';
      if (tag === 'Set') json += this.child(NO_HOLDER, { value: item }, done, place, count);
      else json += this.entry(item as [unknown, unknown], done, place, count);
      done++;
    }
    return head + this.end(json, done < items.size ? `"[+${items.size - done} items]"` : '', ']}');
  }

  /** A map's keys are values too; a textual one says about its value what an object's key says. */
  private entry([key, value]: [unknown, unknown], at: number, place: Place, count: ChildCount): string {
    const left = this.child(NO_HOLDER, { value: key }, at, { ...place, rule: undefined }, count);
    if (!this.budget.begin(0)) return `[${left}]`;
    return `[${left},${this.child(NO_HOLDER, { value }, typeof key === 'string' ? key : at, place, count)}]`;
  }

  private fields(object: object, place: Place, count: ChildCount): string {
    const extra = isError(object) ? errorFields(object) : NO_FIELDS;
    const own = Object.keys(object);
    const keys = extra.size === 0 ? own : [...extra.keys(), ...own.filter((key) => !extra.has(key))];
    let json = '{';
    let done = 0;
    for (; done < keys.length; done++) {
      const key = keys[done]!;
      const property = extra.has(key) ? { value: extra.get(key) } : Object.getOwnPropertyDescriptor(object, key);
      // As in JSON: a field without a value is no field.
      if (property === undefined || ('value' in property && property.value === undefined)) continue;
      const name = this.keys.get(key);
      if (!this.budget.begin(name.bytes)) break;
      json += `${json.length > 1 ? ',' : ''}${name.json}${this.child(object, property, key, place, count)}`;
    }
    if (json === '{' && done === keys.length) {
      const name = classNameOf(object);
      if (name !== undefined) {
        this.budget.close(0);
        return this.budget.string(`[${name}]`);
      }
    }
    return this.end(json, done < keys.length ? `"…":"[+${keys.length - done} keys]"` : '', '}');
  }

  /** Lists are asked about by index, everything else by name. */
  private isHidden(holder: object, key: string | number, value: unknown): boolean {
    const { judge } = this.redaction;
    if (typeof key === 'number') return key === 1 && Array.isArray(holder) && hidesSecond(judge, holder);
    const verdict = judge(key);
    return verdict !== OPEN && hidesField(judge, holder, verdict, value);
  }

  private child(
    holder: object,
    property: PropertyDescriptor,
    key: string | number,
    place: Place,
    count: ChildCount,
  ): string {
    if (!('value' in property)) return this.budget.string('[Getter]');
    const value: unknown = property.value;
    if (this.isHidden(holder, key, value)) return this.budget.string(REDACTED);
    const rule = place.rule?.at(key);
    if (typeof value !== 'object' || value === null)
      return this.value(value, rule === place.rule ? place : { ...place, rule });
    count.objects++;
    const path = place.path.length > MAX_PATH ? place.path : `${place.path}.${key}`;
    return this.value(value, { depth: place.depth, path, rule, open: false });
  }

  private end(json: string, note: string, bracket: string): string {
    const comma = note !== '' && json.length > 1 ? ',' : '';
    const closing = comma + note + bracket;
    this.budget.close(Buffer.byteLength(closing) + 1);
    return json + closing;
  }
}

class ChildCount {
  objects = 0;
}

/** Whether an object has nothing but its fields or elements, as most do. */
function isOrdinary(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}

function unopened(value: object): string {
  return Array.isArray(value) ? `[Array ${value.length}]` : `[${classNameOf(value) ?? 'Object'}]`;
}
