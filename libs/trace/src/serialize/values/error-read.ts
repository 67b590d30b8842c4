import { types } from 'node:util';
import { chainData, classNameOf, hasPrototype, ownData, platformGetter } from './safe-read.js';

const exception = globalThis.DOMException as { prototype: object } | undefined;
const exceptionName = platformGetter(exception?.prototype, 'name');
const exceptionMessage = platformGetter(exception?.prototype, 'message');

/** Newer V8 gives `stack` as an accessor: its own getter may be called, a user's may not. */
const probe = Object.getOwnPropertyDescriptor(new Error('probe'), 'stack')?.get;
const inherited = Object.getOwnPropertyDescriptor(Error.prototype, 'stack')?.get;

/** An Error of any realm or a DOMException (what an aborted fetch rejects with). Never a proxy. */
export function isError(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  return types.isNativeError(value) || isException(value) || hasPrototype(value, Error.prototype);
}

function isException(value: object): boolean {
  return exception !== undefined && hasPrototype(value, exception.prototype);
}

/** The name the error was given; its class's, where it was given none but `Error`. */
export function errorName(error: object): string {
  const given = isException(error) ? platformText(exceptionName, error) : chainData(error, 'name');
  if (typeof given === 'string' && given !== '' && given !== 'Error') return given;
  return classNameOf(error) ?? 'Error';
}

export function errorMessage(error: object): unknown {
  return (isException(error) ? platformText(exceptionMessage, error) : undefined) ?? chainData(error, 'message') ?? '';
}

function platformText(getter: ((self: object) => unknown) | undefined, error: object): string | undefined {
  try {
    const text = getter?.(error);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Reading a stack for the first time formats it, which runs the application's `Error.prepareStackTrace`, if any: it may throw. */
export function errorStack(error: object): string | undefined {
  try {
    const own = Object.getOwnPropertyDescriptor(error, 'stack');
    const get = own === undefined ? inherited : own.get === probe ? own.get : undefined;
    const stack: unknown = get === undefined ? own?.value : Reflect.apply(get, error, []);
    return typeof stack === 'string' ? stack : undefined;
  } catch {
    return undefined;
  }
}

/** Where libraries older than `cause` keep it: grammY, GraphQL, Sequelize, Mongoose. Any other value there is data. */
const CAUSES = ['error', 'originalError', 'original', 'reason'];

export function errorCause(error: object): unknown {
  const cause = ownData(error, 'cause');
  if (cause !== undefined) return cause;
  for (const key of CAUSES) {
    const value = ownData(error, key);
    if (isError(value)) return value;
  }
  return undefined;
}

/** The errors inside an AggregateError. */
export function innerErrors(error: object): unknown[] | undefined {
  const errors = ownData(error, 'errors');
  return Array.isArray(errors) && !types.isProxy(errors) ? errors : undefined;
}

/** Whether an error is an `HttpException` of Nest, of whichever copy of the package: its type says its status. */
export function isHttpException(error: object): boolean {
  return typeof chainData(error, 'getStatus') === 'function';
}

/** The fields of an error inside a value, before its own enumerable fields: JSON has none of them. */
export function errorFields(error: object): Map<string, unknown> {
  const fields = new Map<string, unknown>([
    ['name', errorName(error)],
    ['message', errorMessage(error)],
    ['stack', errorStack(error)],
  ]);
  const cause = errorCause(error);
  if (cause !== undefined) fields.set('cause', cause);
  const errors = innerErrors(error);
  if (errors !== undefined) fields.set('errors', errors);
  return fields;
}
