import { processShared } from '../model/process-shared.js';

/** Shared by the copies of the package: the processor may be of another build than the recorder. */
const reported = processShared<WeakSet<object>>('reported-errors.v1', () => new WeakSet());

/**
 * An error of which only the text is known, because another tracer noted it. It is recorded once with the thrown error of the same
 * name and message.
 */
export function reportedError(about: {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
}): Error {
  const { type, message, stack = `${type}: ${message}` } = about;
  const error = new Error(message);
  Object.defineProperties(error, { name: { value: type }, stack: { value: stack } });
  reported.add(error);
  return error;
}

export function isReportedError(error: object): boolean {
  return reported.has(error);
}
