import { field, fieldsOf, textOf, type Fields } from './values.js';

/**
 * A message of LangChain as its fields; any other object as it is. One that was made for storage has them in `kwargs`, and
 * the name of its class in `id`. A live one repeats them in `lc_kwargs`, which a trace has first: what follows refers to it.
 */
export function unwrapped(item: unknown): Fields | undefined {
  const fields = fieldsOf(item);
  if (!fields) return undefined;
  const live = fieldsOf(field(fields, 'lc_kwargs'));
  if (live) return { ...fields, ...live };
  const stored = fieldsOf(field(fields, 'kwargs'));
  return stored && Array.isArray(fields.id) ? { type: roleIn(fields.id.at(-1)), ...stored } : fields;
}

function roleIn(className: unknown): string | undefined {
  return /^(Human|AI|System|Tool|Function)Message/.exec(textOf(className) ?? '')?.[1]?.toLowerCase();
}
