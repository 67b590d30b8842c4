import { idOf, jsonOf, own } from '../../../dialects/fields.js';
import { multipartFields } from '../../../request/multipart-fields.js';
import type { OutgoingRequest } from '../../outgoing-dialect.js';

/** Recipients that are named; of more, the number is given. */
const MAX_NAMED = 3;
/** Texts that are joined: the blocks of one message, the parameters of one template. */
const MAX_TEXTS = 50;

/** The value at a path of own properties: `error.error_data.details`, `messages.0.id`. A negative number counts from the end. */
export function at(value: unknown, path: string): unknown {
  let current = value;
  for (const key of path.split('.')) {
    if (current === undefined || current === null) return undefined;
    current = own(current, Array.isArray(current) && key.startsWith('-') ? current.length + Number(key) : key);
  }
  return current;
}

/** The first text at these paths that is not blank. A number is its digits. */
export function textAt(value: unknown, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const found = at(value, path);
    if (typeof found === 'number' && Number.isFinite(found)) return String(found);
    if (typeof found === 'string' && found.trim() !== '') return found;
  }
  return undefined;
}

/** The first id at these paths: a text, trimmed, or a number. */
export function idAt(value: unknown, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const id = idOf(at(value, path));
    if (id !== undefined) return id;
  }
  return undefined;
}

/** The array at a path; the empty one where there is none. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** The texts of several parts on lines of their own; `undefined`: there are none. */
export function joined(texts: readonly (string | undefined)[], separator = '\n'): string | undefined {
  const kept = texts.slice(0, MAX_TEXTS).filter((text) => text !== undefined && text !== '');
  return kept.length === 0 ? undefined : kept.join(separator);
}

/** Recipients as one text: `a, b, c and 497 more`. */
export function recipients(given: unknown, idOfOne: (one: unknown) => string | undefined = idOf): string | undefined {
  const all = Array.isArray(given) ? given : [given];
  const names = all.slice(0, MAX_NAMED).flatMap((one) => idOfOne(one) ?? []);
  if (names.length === 0) return undefined;
  const more = all.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `[template welcome] Ana, 15:30`; without a name `[template]`. */
export function templateText(name: string | undefined, values: readonly (string | undefined)[]): string {
  const given = joined(values, ', ');
  return `[template${name === undefined ? '' : ` ${name}`}]${given === undefined ? '' : ` ${given}`}`;
}

/** The values of a template's named parameters, in their order; only texts and numbers. */
export function valuesOf(parameters: unknown): (string | undefined)[] {
  const given = typeof parameters === 'string' ? jsonOf(parameters) : parameters;
  if (typeof given !== 'object' || given === null) return [];
  return Object.keys(given)
    .slice(0, MAX_TEXTS)
    .map((key) => textAt(own(given, key), 'text', 'default', 'value') ?? textAt(given, key));
}

/** The fields of a request, whatever its body's format: JSON, a form, multipart, or the query. */
export function requestFields({ body, headers, query }: OutgoingRequest): unknown {
  const type = headers['content-type'] ?? '';
  if (/multipart\/form-data/i.test(type)) return multipartFields(Buffer.from(body.text), type);
  const json = /form-urlencoded/i.test(type) ? undefined : body.json();
  if (json !== undefined) return json;
  const form = body.form();
  if (form !== undefined) return formFields(form);
  return body.size === 0 && [...query.keys()].length > 0 ? formFields(query) : undefined;
}

/** A field that occurs twice is an array. */
function formFields(form: URLSearchParams): Record<string, unknown> {
  const names = [...new Set(form.keys())].slice(0, 200);
  return Object.fromEntries(
    names.map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  ) as Record<string, unknown>;
}
