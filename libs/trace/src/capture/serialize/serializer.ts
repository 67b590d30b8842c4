import type { JsonText } from '../../model/record.js';
import { errorParts, type ErrorParts } from './error-parts.js';
import { JsonWriter } from './json-writer.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import { compileRedaction, type RedactOptions } from './redaction.js';
import { redactUrl } from './redact-url.js';

export interface SerializerOptions {
  /** Defaults: `DEFAULT_LIMITS`. */
  limits?: Partial<Limits>;
  /** Added to the built-in rules; nothing switches those off. */
  redact?: RedactOptions;
}

/**
 * Turns what users pass into bounded, redacted JSON text. No method throws, calls user code (getters, `toJSON`, proxy
 * traps) or changes what it is given.
 */
export interface Serializer {
  /** Any value as JSON of at most `limits.maxEventBytes` UTF-8 bytes. */
  json(value: unknown): JsonText;
  /** One line of plain text for a person: a redacted string as it is, anything else as its JSON; at most `maxLength` (default `limits.maxStringLength`) UTF-16 units and a note. */
  text(value: unknown, maxLength?: number): string;
  /** The parts of anything that was thrown. */
  error(error: unknown): ErrorParts;
  /** A path or URL, with the values of secret query keys and any user:password taken out. */
  url(path: string): string;
}

export function createSerializer(options: SerializerOptions = {}): Serializer {
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const redaction = compileRedaction(options.redact ?? {}, limits.maxStringLength);
  const writer = new JsonWriter(limits, redaction);
  const text = (value: unknown, maxLength: number = limits.maxStringLength): string =>
    typeof value === 'string' ? redaction.string(value, maxLength) : redaction.string(writer.write(value), maxLength);
  return {
    json: (value) => writer.write(value) as JsonText,
    text,
    error: (error) => errorParts(error, writer, redaction, limits),
    url: (path) => redactUrl(path, redaction),
  };
}
