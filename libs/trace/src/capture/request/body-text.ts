/** Longer texts and bytes are left as they are: parsing takes about 10 ms for each MiB. */
export const MAX_PARSED = 1_048_576;
const FIELD = '[\\w.\\-\\[\\]%+]{1,200}=[^&\\s]*';
/** Two fields or more, without any space: what a form looks like under the content type of a text. */
const FORM = new RegExp(`^${FIELD}(?:&${FIELD})+$`);

/**
 * A text that is JSON or a form, as data, whatever content type it came under: SNS sends JSON as `text/plain`, and many
 * senders name no type or a wrong one.
 * @returns `undefined`: it is neither
 */
export function parsedText(text: string, contentType: string): unknown {
  const form = contentType.includes('x-www-form-urlencoded');
  const begin = firstCharacter(text);
  if (begin === '{' || begin === '[' || contentType.includes('json')) {
    const json = parsedJson(text);
    if (json !== undefined) return json;
  }
  if (form || (text.length <= 65_536 && FORM.test(text))) return formFields(text);
  return undefined;
}

/** JSON; its byte order mark is allowed. `undefined`: it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as unknown;
  } catch {
    return undefined;
  }
}

/** The fields of a form; one that occurs twice is an array. */
function formFields(text: string): Record<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [name, value] of new URLSearchParams(text)) {
    addField(fields, name, value);
  }
  return Object.fromEntries(fields) as Record<string, unknown>;
}

/** Adds a field of a form; one that occurs again becomes an array. */
export function addField(fields: Map<string, unknown>, name: string, value: string): void {
  const known = fields.get(name);
  fields.set(name, known === undefined ? value : [...(Array.isArray(known) ? (known as unknown[]) : [known]), value]);
}

function firstCharacter(text: string): string {
  return /[^\s\ufeff]/.exec(text.slice(0, 256))?.[0] ?? '';
}
