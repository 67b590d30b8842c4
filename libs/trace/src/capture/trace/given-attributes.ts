import { types } from 'node:util';
import type { Attributes, AttributeValue } from '../../model/attributes.js';
import { ownData, type Serializer } from '../../serialize/serializer.js';

/** Attributes of a span. */
const MAX_ATTRIBUTES = 32;
/** Characters of a name and of a text. */
const MAX_CHARACTERS = 200;

/** Attributes with those of the application added: redacted by their names, bounded; other values are ignored. */
export function addAttributes(
  before: Attributes | undefined,
  given: unknown,
  serializer: Serializer,
): Attributes | undefined {
  if (typeof given !== 'object' || given === null || types.isProxy(given)) return before;
  const attributes: Attributes = { ...before };
  const added: Attributes = {};
  let count = Object.keys(attributes).length;
  for (const key of Object.keys(given)) {
    const value = ownData(given, key);
    if (!isAttributeValue(value) || key.length > MAX_CHARACTERS) continue;
    if (!Object.hasOwn(attributes, key)) count += 1;
    if (count > MAX_ATTRIBUTES) break;
    added[key] = typeof value === 'string' && value.length > MAX_CHARACTERS ? value.slice(0, MAX_CHARACTERS) : value;
  }
  // All at once: each pass of the serializer has a price of its own.
  const redacted = written(added, serializer);
  for (const key of Object.keys(added)) {
    // A limit of the application may leave some out that have room alone.
    const kept = isAttributeValue(redacted[key]) ? redacted[key] : written({ [key]: added[key]! }, serializer)[key]!;
    attributes[serializer.name(key)] = typeof kept === 'string' ? kept.slice(0, MAX_CHARACTERS) : kept;
  }
  return attributes;
}

function written(attributes: Attributes, serializer: Serializer): Readonly<Record<string, AttributeValue | undefined>> {
  return JSON.parse(serializer.json(attributes)) as Record<string, AttributeValue>;
}

/** Whether a value may be a tag or an attribute. */
export function isAttributeValue(value: unknown): value is AttributeValue {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}
