import type { OtelAttributes } from '../otel-span.js';

/** A captured value as JSON. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/**
 * A captured value as OpenInference's pair of text and media type: a text as it is, anything else as JSON.
 *
 * @param side `input` or `output`
 * @see https://arize-ai.github.io/openinference/spec/attributes/semantic-conventions.html
 */
export function valueAttributes(side: 'input' | 'output', value: unknown): OtelAttributes {
  if (value === undefined) return {};
  const isText = typeof value === 'string';
  return {
    [`${side}.value`]: isText ? value : jsonText(value),
    [`${side}.mime_type`]: isText ? 'text/plain' : 'application/json',
  };
}
