import { asRecord } from './event-data.js';
import { clip, oneLine } from './visible-text.js';

const MAX_REASONS = 3;
const REASON_CHARACTERS = 160;

/**
 * The reasons that capture found in an error's `detail`: the list of a ValidationPipe, the message of an HTTP client's
 * response, the issues of a schema. At most three texts on one line each, then `and N more`.
 */
export function errorReasons(detail: unknown): string[] {
  const all = reasonsOf(detail);
  const more = all.length - MAX_REASONS;
  const shown = all.slice(0, MAX_REASONS).map((text) => clip(oneLine(text), REASON_CHARACTERS));
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

/** `; email must be an email; and 2 more`, or the empty text. */
export function reasonsSuffix(detail: unknown): string {
  return errorReasons(detail)
    .map((reason) => `; ${reason}`)
    .join('');
}

/** All of them as recorded. */
export function reasonsOf(detail: unknown): string[] {
  const { reasons } = asRecord(detail);
  return Array.isArray(reasons) ? reasons.filter((reason): reason is string => typeof reason === 'string') : [];
}
