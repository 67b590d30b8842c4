import { errorStack } from '../../serialize/serializer.js';

const NAME = 'UnhandledPromiseRejectionWarning';

/** The second of Node's two warnings per rejection: general advice. */
const ADVICE = 'Unhandled promise rejection. ';

/** Replaces an error of which only the text of a warning is known. */
class WarnedRejection extends Error {}

/** The rejection reason as far as Node's warning contains it; `undefined`: the warning is about something else. */
export function warnedRejection(warning: Error): { reason: unknown } | undefined {
  const text = warning.message;
  if (warning.name !== NAME || typeof text !== 'string' || text.startsWith(ADVICE)) return undefined;
  const frames = text.search(/\n {4}at /);
  if (frames < 0) return { reason: text };
  const head = text.slice(0, frames);
  const [, name = 'Error', message = head] = /^([\w$.]+): ([^]*)$/.exec(head) ?? [];
  const reason = new WarnedRejection(message);
  return { reason: Object.defineProperties(reason, { name: { value: name }, stack: { value: text } }) };
}

/** Whether `error` is only the text of `other`, an error that was recorded itself. */
export function isTextOf(error: object, other: object | undefined): boolean {
  return error instanceof WarnedRejection && other !== undefined && errorStack(other) === error.stack;
}
