import type { ErrorDto } from '../../contract/responses.js';
import { asRecord } from '../events/event-data.js';

/** The causes of an error, outermost first. */
export function causesOf({ cause }: ErrorDto): unknown[] {
  if (cause === null || cause === undefined) return [];
  return Array.isArray(cause) ? cause : [cause];
}

/** `type: message` of a cause as capture records it; its JSON for anything else. */
export function causeWords(cause: unknown): string {
  const { type, message } = asRecord(cause);
  if (typeof message === 'string') return `${typeof type === 'string' ? type : 'Error'}: ${message}`;
  return typeof cause === 'string' ? cause : (JSON.stringify(cause)?.slice(0, 2_000) ?? '');
}
