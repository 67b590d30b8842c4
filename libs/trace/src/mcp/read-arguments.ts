import type { Parameter, Parameters } from '../contract/parameters.js';
import { readParameter } from '../contract/read-parameter.js';
import { STATUS_WORDS } from '../model/status.js';
import { nearOnes } from './near.js';
import { ToolError } from './tool-error.js';

const SHOWN_CHARACTERS = 200;

/** The arguments of a call, with defaults. Throws a `ToolError` that names the wrong one and the allowed values. */
export function readArguments(parameters: Parameters, given: unknown): Record<string, unknown> {
  const values = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  const names = Object.keys(parameters);
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(parameters, name));
  if (unknown !== undefined) {
    throw new ToolError('BAD_QUERY', `There is no argument ${shown(unknown)}.`, {
      allowed: names,
      ...near(unknown, names),
    });
  }
  return Object.fromEntries(names.map((name) => [name, readArgument(name, parameters[name]!, values[name])]));
}

function readArgument(name: string, parameter: Parameter, given: unknown): unknown {
  const value = given ?? parameter.default;
  if (value === undefined || value === null) {
    if (!parameter.required) return undefined;
    throw new ToolError('BAD_QUERY', `${name} is missing; give ${parameter.allowed}.`, {
      allowed: allowedOf(parameter),
    });
  }
  const read = readParameter(parameter, textOf(value));
  if (read !== undefined) return read;
  const allowed = allowedOf(parameter);
  throw new ToolError('BAD_QUERY', `${name} is ${shown(value)}; give ${parameter.allowed}.`, {
    allowed,
    ...(Array.isArray(allowed) && near(textOf(value), allowed)),
  });
}

/** The text that every surface reads: numbers, booleans and lists have one. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(String).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function allowedOf(parameter: Parameter): readonly string[] | string {
  if (parameter.type === 'choice') return parameter.choices;
  return parameter.type === 'statuses' ? STATUS_WORDS : parameter.allowed;
}

function near(word: string, allowed: readonly string[]): { did_you_mean?: string[] } {
  const ones = nearOnes(word, allowed, 3);
  return ones.length === 0 ? {} : { did_you_mean: ones };
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, SHOWN_CHARACTERS);
}
