import { InvalidArgumentError } from 'commander';

/** A number of traces: 1 to 500, as the server has it. */
export function parseLimit(value: string): number {
  const limit = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(limit >= 1 && limit <= 500)) throw new InvalidArgumentError('It must be a whole number from 1 to 500.');
  return limit;
}
