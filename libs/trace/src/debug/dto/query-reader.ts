import { validateSync } from 'class-validator';
import { TraceCollectorError } from '../../model/errors.js';
import type { DebugRequest } from '../http/http-types.js';
import { requestUrl } from '../http/http-types.js';

/**
 * Text to the property's type. Text that is no such thing is given back as it is: the property's validator then
 * refuses it, and it is the validator's message that tells what is allowed.
 */
export type Convert = (text: string) => unknown;

/** A query as a class: properties with class-validator's decorators, and how each parameter's text becomes its value. */
export interface QueryClass<T extends object> {
  new (): T;
  readonly parameters: Readonly<Record<string, Convert>>;
}

/** Read by the guard, allowed everywhere. */
const ALWAYS_ALLOWED = new Set(['token']);

/**
 * Our own small validation pipe. It reads the URL itself: the two adapters, and each one's settings, disagree about
 * nesting, repetition and prototypes in a parsed query. Throws `BAD_QUERY` with every bad parameter, its value and
 * what is allowed.
 */
export function readQuery<T extends object>(type: QueryClass<T>, request: DebugRequest): T {
  const { search } = requestUrl(request);
  const query = new type();
  const raw = new Map<string, string>();
  const faults: string[] = [];
  for (const name of new Set(search.keys())) {
    if (ALWAYS_ALLOWED.has(name)) continue;
    const values = search.getAll(name);
    const convert = Object.hasOwn(type.parameters, name) ? type.parameters[name] : undefined;
    if (!convert) faults.push(`${quote(name)} is no parameter of this route; ${allowedNames(type)}.`);
    else if (values.length > 1) faults.push(`${quote(name)} is given ${values.length} times; give it once.`);
    else if (values[0] === '') faults.push(`${quote(name)} is empty; give it a value or leave it out.`);
    else {
      raw.set(name, values[0] as string);
      Object.assign(query, { [name]: convert(values[0] as string) });
    }
  }
  for (const { property, constraints } of validateSync(query, { forbidUnknownValues: false })) {
    const value = raw.get(property);
    if (value === undefined) continue;
    faults.push(`${quote(property)} is ${quote(value)}; give ${Object.values(constraints ?? {})[0]}.`);
  }
  if (faults.length > 0)
    throw new TraceCollectorError('BAD_QUERY', `Query parameter ${faults.join(' Query parameter ')}`);
  return query;
}

/** A value in a message: visible, in one line, and never the length of the attack. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function allowedNames(type: QueryClass<object>): string {
  const names = Object.keys(type.parameters);
  return names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`;
}

export const asText: Convert = (text) => text;
export const asInteger: Convert = (text) => (/^\d{1,15}$/.test(text) ? Number(text) : text);
export const asNumber: Convert = (text) => (/^-?\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : text);
export const asBoolean: Convert = (text) => ({ true: true, '1': true, false: false, '0': false })[text] ?? text;
