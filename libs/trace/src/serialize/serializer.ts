import { shortHash } from '../model/hash.js';
import type { JsonBytes } from '../model/json-bytes.js';
import type { JsonText } from '../model/record.js';
import { errorParts, type ErrorParts } from './errors/error-parts.js';
import { JsonWriter } from './write/json-writer.js';
import { DEFAULT_LIMITS, MIN_LIMITS, type Limits } from './limits.js';
import { compileRedaction, type RedactOptions } from './redact/redaction.js';
import { plainText } from './write/plain-text.js';
import { redactUrl } from './redact/redact-url.js';

export interface SerializerOptions {
  /** Defaults: `DEFAULT_LIMITS`. */
  limits?: Partial<Limits>;
  /** Added to the built-in rules; nothing switches those off. */
  redact?: RedactOptions;
}

/**
 * Turns what users pass into bounded, redacted JSON text. No method throws, calls user code (getters, `toJSON`, proxy
 * traps) or changes what it is given. The one exception is V8's: an error's stack that nobody has read yet is formatted
 * then, which asks `Error.prepareStackTrace` and the error's name and message, whatever these are.
 */
export interface Serializer {
  /** Any value as JSON of at most `limits.maxEventBytes` UTF-8 bytes. */
  json(value: unknown): JsonText;
  /** The same as UTF-8, which cost nothing more to write; they are the serializer's own again with its next `bytes`. */
  bytes(value: unknown): JsonBytes;
  /** Plain text: a string as it is, anything else as its JSON; redacted, at most `maxLength` (default `limits.maxStringLength`) characters and a note. */
  text(value: unknown, maxLength?: number): string;
  /** The parts of anything that was thrown. */
  error(error: unknown): ErrorParts;
  /** An id as it is; one that is a secret by its look becomes another that is as good for telling things apart. */
  id(id: string): string;
  /** A name of code's: without secrets, whatever `redact.content` is. */
  name(name: string): string;
  /** A path or URL, with the values of secret query keys and any user:password taken out. */
  url(path: string): string;
}

/** Bytes kept of what one error carries beside its message; a server may answer an error with a whole page. */
const MAX_DETAIL = 8_192;

export function createSerializer(options: SerializerOptions = {}): Serializer {
  const limits = atLeast(MIN_LIMITS, { ...DEFAULT_LIMITS, ...options.limits });
  const redaction = compileRedaction(options.redact);
  const writer = new JsonWriter(limits, redaction);
  // Of its own: what else is written for a record must not take its payload's bytes away.
  const payloads = new JsonWriter(limits, redaction);
  const details = new JsonWriter({ ...limits, maxEventBytes: Math.min(limits.maxEventBytes, MAX_DETAIL) }, redaction);
  return {
    json: (value) => writer.write(value).toString(),
    bytes: (value) => payloads.write(value),
    text: (value, maxLength = limits.maxStringLength) => plainText(value, writer, redaction, maxLength),
    error: (error) => errorParts(error, { writer, details, redaction, limits }),
    id: (id) => (redaction.hidesId(id) ? `redacted-${shortHash(id)}` : id),
    name: (name) => redaction.string(name, limits.maxStringLength),
    url: (path) => redactUrl(path, redaction),
  };
}

/** Below these a payload could not even say that it was cut; not-a-number would be no limit at all. */
function atLeast(least: Limits, limits: Limits): Limits {
  const safe = { ...limits };
  for (const key of Object.keys(least) as (keyof Limits)[]) {
    safe[key] = Number.isNaN(limits[key])
      ? DEFAULT_LIMITS[key]
      : Math.max(least[key], limits[key] ?? DEFAULT_LIMITS[key]);
  }
  return safe;
}
