import { InvalidArgumentError } from 'commander';

/** Text that must say something: `--contact ""` is a script's unset variable, not a wish for everything. */
export function parseText(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It is empty.');
  return value;
}
