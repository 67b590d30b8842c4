import { InvalidArgumentError } from 'commander';
import type { Parameter, ValueOf } from '../../../libs/trace/src/contract/parameters.js';
import { helpOf, readParameter } from '../../../libs/trace/src/contract/read-parameter.js';
import type { DeclaredOption } from './option.decorator.js';

/** An option whose help and values are those of a question's parameter. */
export function optionOf(flags: string, parameter: Parameter): DeclaredOption {
  return { flags, description: helpOf(parameter), parse: (value) => parseParameter(parameter, value) };
}

/** The value of a parameter. @throws `InvalidArgumentError` that lists the allowed values */
export function parseParameter<P extends Parameter>(parameter: P, value: string): ValueOf<P> {
  const read = readParameter(parameter, parseText(value));
  if (read === undefined) throw new InvalidArgumentError(`Give ${parameter.allowed}.`);
  return read;
}

/** A text that is not blank: `--contact ""` is the unset variable of a script, and must not select everything. */
export function parseText(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It is empty.');
  return value;
}
