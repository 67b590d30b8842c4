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
  let count = Object.keys(attributes).length;
  for (const key of Object.keys(given)) {
    const value = ownData(given, key);
    if (!isAttributeValue(value) || key.length > MAX_CHARACTERS) continue;
    if (!Object.hasOwn(attributes, key)) count += 1;
    if (count > MAX_ATTRIBUTES) break;
    attributes[serializer.name(key)] = shown(key, value, serializer);
  }
  return attributes;
}

function shown(key: string, value: AttributeValue, serializer: Serializer): AttributeValue {
  const given = typeof value === 'string' ? value.slice(0, MAX_CHARACTERS) : value;
  const kept = (JSON.parse(serializer.json({ [key]: given })) as Record<string, AttributeValue>)[key]!;
  return typeof kept === 'string' ? kept.slice(0, MAX_CHARACTERS) : kept;
}

/** Whether a value may be a tag or an attribute. */
export function isAttributeValue(value: unknown): value is AttributeValue {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}
