import { types } from 'node:util';
import { COUNT_NAMES, USAGE_SHAPES, type CountName, type CountPath, type UsageShape } from './usage-shapes.js';

/**
 * Tokens of model calls, under names of our own. `input` and `output` are totals: cached and reasoning tokens are parts
 * of them, never added to them. A count that the provider did not report is absent.
 */
export interface UsageFields {
  /** `openai`, `anthropic`, … */
  provider?: string;
  /** The model that answered, else the one that was asked for. */
  model?: string;
  /** All input tokens, those read from and written to a cache included. */
  input?: number;
  /** All output tokens, reasoning included. */
  output?: number;
  /** Part of `input` that was read from the provider's cache. */
  cache_read?: number;
  /** Part of `input` that was written to the provider's cache. */
  cache_write?: number;
  /** Part of `cache_write` that is kept for an hour, which costs more. */
  cache_write_1h?: number;
  /** Part of `output`. */
  reasoning?: number;
  /** Tokens of input and output, where the provider reports no parts. */
  total?: number;
  /** What the provider says that the call cost, in US dollars. */
  cost_usd?: number;
  /** Number of calls. Absent: 1. 0: its calls are counted by spans inside it. */
  calls?: number;
  /** Name of the nearest agent span around the call. */
  agent?: string;
  /** The provider answered with an HTTP error and reported no counts: nothing is missing from the sums. */
  refused?: true;
}

/** Token counts of a value of any provider's shape; `undefined`: it has none. Runs no getter and looks into no proxy. */
export function normaliseUsage(value: unknown): UsageFields | undefined {
  const usage = countsIn(value);
  return usage && withNames(usage, value, ['provider', 'model']);
}

/**
 * The usage that a record has. Records of earlier versions have what the provider reported, in the provider's shape. An
 * object without counts is a call that reported none.
 */
export function recordedUsage(value: unknown): UsageFields | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const usage = withNames(countsIn(value) ?? {}, value, ['provider', 'model', 'agent']);
  if (member(value, 'refused') === true) usage.refused = true;
  return usage;
}

/** Adds the names and the number of calls that the value has beside its counts. */
function withNames(
  usage: UsageFields,
  value: unknown,
  names: readonly ('provider' | 'model' | 'agent')[],
): UsageFields {
  for (const name of names) {
    const text = member(value, name);
    if (isName(text)) usage[name] = text;
  }
  const calls = member(value, 'calls');
  if (isCount(calls)) usage.calls = calls;
  return usage;
}

/** Objects of an output that are searched at most: capture calls this on the main thread. */
const MAX_OBJECTS = 100;
/** Elements of a list in which objects are looked for. An embedding has more, all of them numbers. */
const MAX_ELEMENTS = 1_000;

/**
 * Token counts in the output of a model call: those of the shallowest object that has any, because raw responses have
 * copies further down. The model is that of the object, or of the response around it. Runs no getter and looks into no
 * proxy.
 *
 * Only an object with a name that counts have is compared with the shapes. Comparing every object took 30 to 50 µs and made
 * 30 KB of garbage for an output of 1 to 2 KB; this takes 2 to 4 µs and makes less than 1 KB.
 */
export function findUsage(output: unknown): UsageFields | undefined {
  if (typeof output !== 'object' || output === null) return undefined;
  try {
    search.add(output, undefined);
    for (let i = 0; i < search.count; i += 1) {
      const object = search.objects[i]!;
      if (types.isProxy(object) || !searchMembers(object)) continue;
      const usage = normaliseUsage(object);
      if (usage) return { ...modelOf(search.around[i]), ...usage };
    }
    return undefined;
  } finally {
    search.clear();
  }
}

/** The objects that a search has found, each with the one around it. */
class FoundObjects {
  readonly objects = Array.from<object | undefined>({ length: MAX_OBJECTS });
  readonly around = Array.from<object | undefined>({ length: MAX_OBJECTS });
  count = 0;

  /** Adds a value, if it is an object and there is a place for it. */
  add(value: unknown, around: object | undefined): void {
    if (typeof value !== 'object' || value === null || this.count >= MAX_OBJECTS) return;
    this.objects[this.count] = value;
    this.around[this.count] = around;
    this.count += 1;
  }

  clear(): void {
    this.objects.fill(undefined, 0, this.count);
    this.around.fill(undefined, 0, this.count);
    this.count = 0;
  }
}

/** One for all searches: a search runs no other code, and new lists were 600 bytes of garbage for each. */
const search = /* @__PURE__ */ new FoundObjects();

/** Adds the objects in an object. Returns whether it has a member whose name is that of a count. */
function searchMembers(object: object): boolean {
  const prototype = Object.getPrototypeOf(object) as object | null;
  if (prototype === LIST) {
    const count = Math.min((object as unknown[]).length, MAX_ELEMENTS);
    for (let i = 0; i < count; i += 1) search.add(plainMember(object, i), object);
    return false;
  }
  // Bytes and other numbers: the list of their keys would be many times as large.
  if (ArrayBuffer.isView(object)) return false;
  let mayCount = false;
  if (prototype !== PLAIN) {
    for (const key of Object.keys(object)) {
      mayCount ||= COUNT_NAMES.has(key);
      search.add(member(object, key), object);
    }
    return mayCount;
  }
  // An object of no class: `for in` makes no list of its keys.
  for (const key in object) {
    mayCount ||= COUNT_NAMES.has(key);
    search.add(plainMember(object, key), object);
  }
  return mayCount;
}

const PLAIN = Object.prototype;
const LIST = Array.prototype;
/** A descriptor would be garbage afterwards. */
const getterOf = /* @__PURE__ */ Reflect.get(PLAIN, '__lookupGetter__') as (this: object, key: PropertyKey) => unknown;

/** A member of an object whose prototype is the platform's own; a getter is not run. */
function plainMember(object: object, key: PropertyKey): unknown {
  return getterOf.call(object, key) === undefined ? (object as Record<PropertyKey, unknown>)[key] : undefined;
}

/** The model that a response names: `model` at OpenAI, Anthropic and others, `modelVersion` at Gemini. */
function modelOf(response: object | undefined): UsageFields {
  const model = [member(response, 'model'), member(response, 'modelVersion')].find(isName);
  return model === undefined ? {} : { model };
}

/** Whether any tokens or a cost are known. */
export function hasCounts(usage: UsageFields | undefined): boolean {
  return (usage?.input ?? usage?.output ?? usage?.total ?? usage?.cost_usd) !== undefined;
}

/** Tokens of input and output; `undefined`: not known. */
export function totalTokens({ input, output, total }: UsageFields): number | undefined {
  if (total !== undefined) return total;
  return input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0);
}

/** Larger numbers are no counts: sums over many calls must stay exact. */
const MAX_COUNT = 1e12;
const MAX_NAME = 200;

function countsIn(value: unknown): UsageFields | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined;
  const shape = shapesOf(value).find(({ has }) => has.some((path) => isCount(at(value, path))));
  return shape && inShape(value, shape);
}

/** The shapes of which a plain object has a name: to look for the names of all shapes took most of the time. */
function shapesOf(value: object): readonly UsageShape[] {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== null && prototype !== PLAIN) return USAGE_SHAPES;
  let found = 0;
  for (const key in value) found |= SHAPES_WITH.get(key) ?? 0;
  return found === 0 ? [] : USAGE_SHAPES.filter((_, i) => (found & (1 << i)) !== 0);
}

/** By the first name of a path in `has`: a bit for each shape that has it. */
const SHAPES_WITH: ReadonlyMap<string, number> = /* @__PURE__ */ bitsByName();

function bitsByName(): Map<string, number> {
  const bits = new Map<string, number>();
  USAGE_SHAPES.forEach(({ has }, i) => {
    for (const path of has) {
      const [name] = path.split('.', 1);
      bits.set(name!, (bits.get(name!) ?? 0) | (1 << i));
    }
  });
  return bits;
}

type Counts = readonly (readonly [CountName, CountPath])[];

/** The counts of each shape, as pairs. */
const COUNTS: ReadonlyMap<UsageShape, Counts> = /* @__PURE__ */ new Map(
  USAGE_SHAPES.map((shape) => {
    const { has: _has, cost_usd: _cost, ...counts } = shape;
    return [shape, Object.entries(counts) as unknown as Counts];
  }),
);

function inShape(value: object, shape: UsageShape): UsageFields {
  const usage: UsageFields = {};
  const { cost_usd: cost } = shape;
  for (const [name, path] of COUNTS.get(shape)!) {
    const count = countAt(value, path);
    if (count !== undefined) usage[name] = Math.round(count);
  }
  const spent = cost && countAt(value, cost);
  if (spent !== undefined) usage.cost_usd = spent;
  return asTotals(usage);
}

/** Corrects counts that the same provider reports in two ways, as far as the numbers themselves show it. */
function asTotals(usage: UsageFields): UsageFields {
  const { input, output, total, reasoning = 0, cache_read: read = 0, cache_write: written = 0 } = usage;
  if (input === undefined || output === undefined) return usage;
  // xAI, and Gemini behind an OpenAI API, leave the reasoning out of the output.
  if (reasoning > 0 && total === input + output + reasoning) usage.output = output + reasoning;
  // The AI SDK 5 reports Anthropic's input without cached tokens: a part cannot be larger than the whole.
  if (read + written > input) usage.input = input + read + written;
  delete usage.total;
  return usage;
}

function countAt(value: object, path: CountPath): number | undefined {
  if (!('sum' in path)) return path.map((each) => at(value, each)).find(isCount);
  const found = path.sum.map((each) => at(value, each)).filter(isCount);
  return found.length === 0 ? undefined : found.reduce((sum, count) => sum + count, 0);
}

function at(value: unknown, path: string): unknown {
  const dot = path.indexOf('.');
  return dot < 0 ? member(value, path) : at(member(value, path.slice(0, dot)), path.slice(dot + 1));
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value as unknown;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_COUNT;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME;
}
