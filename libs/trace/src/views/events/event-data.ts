import type { EventDto } from '../../contract/responses.js';

/** The data of an event as an object; `{}` when it is something else. */
export function dataOf(event: EventDto): Record<string, unknown> {
  return asRecord(event.data);
}

/** The value as an object; `{}` when it is something else. */
export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A finite number, or a text that is one. */
export function number(value: unknown): number | undefined {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

/** A text, or a number or boolean as one. */
export function word(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
