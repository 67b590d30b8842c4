import { types } from 'node:util';
import { dataAt } from './data-at.js';

const CODES: ReadonlySet<unknown> = new Set([
  'ABORT_ERR',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_CANCELED',
  'ERR_STREAM_DESTROYED',
]);
const NAMES: ReadonlySet<unknown> = new Set(['AbortError', 'APIUserAbortError', 'CancelError', 'CanceledError']);

/**
 * Whether an error says that the reader of a stream left: an abort, or the end of what the stream was piped to. Reads
 * data properties of the error and of its class only; a `DOMException` has its name in a getter of the platform.
 */
export function isAbort(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || types.isProxy(error)) return false;
  if (CODES.has(dataAt(error, 'code')) || NAMES.has(dataAt(error, 'name'))) return true;
  const prototype = Object.getPrototypeOf(error) as object | null;
  if (prototype === null || types.isProxy(prototype)) return false;
  if (prototype === DOMException.prototype) return (error as DOMException).name === 'AbortError';
  const type = dataAt(prototype, 'constructor');
  return (
    NAMES.has(dataAt(prototype, 'name')) ||
    (typeof type === 'function' && NAMES.has(Object.getOwnPropertyDescriptor(type, 'name')?.value))
  );
}
