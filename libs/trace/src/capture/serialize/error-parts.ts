import { createHash } from 'node:crypto';
import { types } from 'node:util';
import type { JsonText } from '../../model/record.js';
import type { JsonWriter } from './json-writer.js';
import type { Limits } from './limits.js';
import type { Redaction } from './redaction.js';

/** What the journal keeps of an error; all of it redacted and bounded. */
export interface ErrorParts {
  /** The class name; for what is no Error, its type: `string`, `undefined`, `object`. */
  type: string;
  message: string;
  stack?: string;
  /** The cause chain, outermost first. */
  cause?: JsonText;
  /** The same for two errors of the same origin. */
  fingerprint: string;
}

export function errorParts(error: unknown, writer: JsonWriter, redaction: Redaction, limits: Limits): ErrorParts {
  const text = (value: unknown): string =>
    redaction.string(typeof value === 'string' ? value : writer.write(value), limits.maxStringLength);
  const isError = types.isNativeError(error);
  const type = isError ? String(error.name) : typeof error;
  const message = text(isError ? error.message : error);
  const parts: ErrorParts = {
    type,
    message,
    fingerprint: createHash('sha1')
      .update(`${type}:${message.replace(/\d+/g, '#')}`)
      .digest('hex')
      .slice(0, 12),
  };
  if (isError && typeof error.stack === 'string') parts.stack = text(error.stack);
  if (isError && error.cause !== undefined) parts.cause = writer.write([error.cause]) as JsonText;
  return parts;
}
