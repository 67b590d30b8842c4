import type { JsonWriter } from './json-writer.js';
import type { Redaction } from '../redact/redaction.js';

/** A value as text for people: a string as it is, what JSON has no word for by its name, anything else as its JSON. */
export function plainText(value: unknown, writer: JsonWriter, redaction: Redaction, maxLength: number): string {
  if (typeof value === 'string') {
    return redaction.content === 'none' ? `[string ${value.length}]` : redaction.string(value, maxLength);
  }
  if (value === undefined) return 'undefined';
  const json = writer.write(value).toString();
  const text: unknown = json.startsWith('"') ? JSON.parse(json) : json;
  return redaction.string(String(text), maxLength);
}
