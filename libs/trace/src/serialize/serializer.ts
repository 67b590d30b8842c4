import { shortHash } from '../model/hash.js';
import type { JsonBytes } from '../model/json-bytes.js';
import type { JsonText } from '../model/record.js';
import { errorParts, type ErrorParts } from './errors/error-parts.js';
import { JsonWriter } from './write/json-writer.js';
import type { Way } from './write/way.js';
import { DEFAULT_LIMITS, MIN_LIMITS, type Limits } from './limits.js';
import { compileRedaction, type RedactOptions } from './redact/redaction.js';
import { redactUrl } from './redact/redact-url.js';
import { remembered } from './values/generations.js';

// The only file of this room that others import: the serializer, its options, and what reads a value of the application
// without running the application's code.
export { DEFAULT_LIMITS, MIN_LIMITS, type Limits } from './limits.js';
export { resolveLimits, resolveRedact } from './serialize.options.js';
export type { RedactOptions } from './redact/redaction.js';
export { errorCause, errorMessage, errorName, errorStack, isError, isHttpException } from './values/error-read.js';
export { hasKey, hasPrototype, ownData } from './values/safe-read.js';

export interface SerializerOptions {
  /** Defaults: `DEFAULT_LIMITS`. */
  limits?: Partial<Limits>;
  /** Added to the built-in rules; nothing switches those off. */
  redact?: RedactOptions;
  /** How ordinary payloads are written; the bytes are the same. Default: the faster way of this engine. */
  way?: Way;
}

/**
 * Turns what users pass into bounded, redacted JSON text. No method throws, calls user code (getters, `toJSON`, proxy
 * traps) or changes what it is given. The one exception is V8's: the first read of an error's stack formats it,
 * which calls `Error.prepareStackTrace` and reads the error's name and message.
 */
export interface Serializer {
  /** Any value as JSON of at most `limits.maxEventBytes` UTF-8 bytes. */
  json(value: unknown): JsonText;
  /** The same as UTF-8. The bytes are valid until the next call of `bytes`. */
  bytes(value: unknown): JsonBytes;
  /** Plain text: a string as it is, anything else as its JSON; redacted, at most `maxLength` (default `limits.maxStringLength`) characters and a note. */
  text(value: unknown, maxLength?: number): string;
  /** The parts of anything that was thrown. */
  error(error: unknown): ErrorParts;
  /** An id as it is. One that looks like a secret is replaced by a hash, so that different ids stay different. */
  id(id: string): string;
  /** A name from code: without secrets, for any `redact.content`. */
  name(name: string): string;
  /** A path or URL, with the values of secret query keys and any user:password taken out. */
  url(path: string): string;
}

/** Bytes kept of what one error carries beside its message; a server may answer an error with a whole page. */
const MAX_DETAIL = 8_192;

export function createSerializer(options: SerializerOptions = {}): Serializer {
  const limits = atLeast(MIN_LIMITS, { ...DEFAULT_LIMITS, ...options.limits });
  const redaction = compileRedaction(options.redact);
  const writer = new JsonWriter(limits, redaction, options.way);
  // A writer of its own: other texts of a record must not overwrite the bytes of its payload.
  const payloads = new JsonWriter(limits, redaction, options.way);
  const details = new JsonWriter(
    { ...limits, maxEventBytes: Math.min(limits.maxEventBytes, MAX_DETAIL) },
    redaction,
    options.way,
  );
  return {
    json: (value) => writer.write(value).toString(),
    bytes: (value) => payloads.write(value),
    text: (value, maxLength = limits.maxStringLength) => writer.text(value, maxLength),
    error: (error) => errorParts(error, { writer, details, redaction, limits }),
    id: (id) => (redaction.hidesId(id) ? `redacted-${shortHash(id)}` : id),
    name: remembered((name) => redaction.string(name, limits.maxStringLength), MOST_NAMES, MAX_NAME),
    url: (path) => redactUrl(path, redaction),
  };
}

/** Names nearly always come from code, and return: an application has a few hundred. The bound is for data in names. */
const MOST_NAMES = 500;
/** Characters of a name that is remembered. */
const MAX_NAME = 100;

/** Raises limits that are too low to note a truncation, and replaces `NaN`. */
function atLeast(least: Limits, limits: Limits): Limits {
  const safe = { ...limits };
  for (const key of Object.keys(least) as (keyof Limits)[]) {
    safe[key] = Number.isNaN(limits[key])
      ? DEFAULT_LIMITS[key]
      : Math.max(least[key], limits[key] ?? DEFAULT_LIMITS[key]);
  }
  return safe;
}
