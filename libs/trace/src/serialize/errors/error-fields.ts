import { errorCause, errorMessage, errorName, errorStack, innerErrors } from './error-read.js';

/** What an error shows inside a value, before its own enumerable fields: JSON shows nothing of it. */
export function errorFields(error: object): Map<string, unknown> {
  const fields = new Map<string, unknown>([
    ['name', errorName(error)],
    ['message', errorMessage(error)],
    ['stack', errorStack(error)],
  ]);
  const cause = errorCause(error);
  if (cause !== undefined) fields.set('cause', cause);
  const errors = innerErrors(error);
  if (errors !== undefined) fields.set('errors', errors);
  return fields;
}
