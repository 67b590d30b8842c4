import { types } from 'node:util';
import type { LogLine } from '../../context/recorder.js';
import { errorMessage, isError, ownData } from '../../serialize/serializer.js';

/** Members of an object under which a logger is given an error. */
const ERROR_KEYS = ['err', 'error', 'exception'];
const MESSAGE_KEYS = ['message', 'msg'];
/** A line of a stack, as Nest recognises one. */
const FRAME = /\n[ \t]+at .+:\d+:\d+/;

/** What a logger of Nest was given. */
export interface NestCall {
  readonly level: string;
  readonly args: readonly unknown[];
  /** The logger's own context. */
  readonly context: string | undefined;
  /** The own context counts whatever the arguments are: so does Nest's `Logger`, and a `ConsoleLogger` does not. */
  readonly fixed: boolean;
}

/**
 * The parts of a line from the arguments of Nest's loggers: `(message, context)`, `(error, context)`,
 * `(message, stack, context)`, `(message, data, …, context)`. Runs no getter and no `toString`.
 */
export function nestLine({ level, args, context: own, fixed }: NestCall): LogLine {
  const [first, ...more] = args;
  const takesStack = level === 'error' || level === 'fatal';
  const rest = more.filter((arg) => arg !== undefined);
  let context = own;
  if (!fixed || own === undefined) {
    const last = rest.at(-1);
    if (typeof last === 'string' && !(takesStack && FRAME.test(last))) context = rest.pop() as string;
  }
  let stack: string | undefined;
  if (takesStack && typeof rest.at(-1) === 'string' && FRAME.test(rest.at(-1) as string)) stack = rest.pop() as string;
  const { error, data } = split([...(isMessage(first) ? [] : [first]), ...rest]);
  return { context, message: messageOf(first), error, stack, data };
}

/** Text and other plain values are a message; an object is data. */
function isMessage(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null;
}

function messageOf(first: unknown): unknown {
  if (isMessage(first)) return typeof first === 'string' ? first : String(first);
  if (isError(first)) return errorMessage(first);
  return textIn(first as object);
}

function textIn(value: object): string | undefined {
  if (types.isProxy(value)) return undefined;
  for (const key of MESSAGE_KEYS) {
    const text = ownData(value, key);
    if (typeof text === 'string') return text;
  }
  return undefined;
}

/** The first error among values and in their members, and the rest as data: a single value itself, several as an array. */
export function split(values: readonly unknown[]): { error: unknown; data: unknown } {
  let error: unknown;
  const data: unknown[] = [];
  for (const value of values) {
    if (error === undefined && isError(value)) error = value;
    else if (error === undefined) {
      const key = errorKey(value);
      if (key === undefined) data.push(value);
      else {
        error = ownData(value as object, key);
        const others = without(value as object, key);
        if (others !== undefined) data.push(others);
      }
    } else data.push(value);
  }
  return { error, data: data.length > 1 ? data : data[0] };
}

function errorKey(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined;
  return ERROR_KEYS.find((key) => isError(ownData(value, key)));
}

/** The other data members; `undefined` without any. */
function without(value: object, left: string): object | undefined {
  const others: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key)!;
    if (key !== left && 'value' in property) others[key] = property.value;
  }
  return Object.keys(others).length > 0 ? others : undefined;
}
