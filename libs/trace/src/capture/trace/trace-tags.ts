import type { AttributeValue } from '../../model/attributes.js';
import type { Serializer } from '../../serialize/serializer.js';
import type { ActiveTrace } from './active-trace.js';
import { isAttributeValue } from './given-attributes.js';

/** Tags of one trace. */
const MAX_TAGS = 32;
/** Characters of a tag's text. */
const MAX_VALUE = 200;
const KEY = /^[\w.-]{1,40}$/;

/**
 * The tag as it is recorded; `undefined` for a key or a value that is not allowed, and beyond 32 tags. The key decides about
 * redaction, as in any payload: the value of `token` is hidden.
 */
export function admittedTag(
  trace: ActiveTrace,
  key: unknown,
  value: unknown,
  serializer: Serializer,
): { key: string; value: AttributeValue } | undefined {
  if (typeof key !== 'string' || !KEY.test(key) || !isAttributeValue(value)) return undefined;
  trace.tags ??= new Set();
  if (!trace.tags.has(key) && trace.tags.size >= MAX_TAGS) return undefined;
  trace.tags.add(key);
  const given = typeof value === 'string' ? value.slice(0, MAX_VALUE) : value;
  const shown = (JSON.parse(serializer.json({ [key]: given })) as Record<string, AttributeValue>)[key]!;
  return { key, value: typeof shown === 'string' ? shown.slice(0, MAX_VALUE) : shown };
}
