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
  // All at once: each pass of the serializer has a price of its own, and members that are added one by one have a higher one.
  const redacted = written(attributes, added, serializer);
  const keys = Object.keys(added);
  if (keys.every((key) => isShort(redacted[key]) && serializer.name(key) === key)) return redacted as Attributes;
  for (const key of keys) {
    // A limit of the application may leave some out that have room alone. A name may have been redacted.
    const [kept] = Object.values(written({}, { [key]: added[key]! }, serializer));
    if (kept === undefined) continue;
    attributes[serializer.name(key)] = typeof kept === 'string' ? kept.slice(0, MAX_CHARACTERS) : kept;
  }
  return attributes;
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= MAX_CHARACTERS : isAttributeValue(value);
}

/** Attributes that are redacted already, then others. Of two with one name the later one counts. */
function written(
  before: Attributes,
  added: Attributes,
  serializer: Serializer,
): Readonly<Record<string, AttributeValue | undefined>> {
  const text = serializer.json(added);
  // Where nothing fits the limit of a payload, it is no object.
  if (!text.startsWith('{"')) return before;
  const first = JSON.stringify(before);
  return JSON.parse(first === '{}' ? text : `${first.slice(0, -1)},${text.slice(1)}`) as Record<string, AttributeValue>;
}

/** Whether a value may be a tag or an attribute. */
export function isAttributeValue(value: unknown): value is AttributeValue {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}
