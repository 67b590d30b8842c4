import { LargeValue } from './large-value.js';
import type { LogEntry } from './trace-log.js';

const texts = new WeakMap<LogEntry, string>();

/** Indexes of the entries whose recorded data contain the text; case is ignored. */
export function find(log: readonly LogEntry[], text: string): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  return log.flatMap((entry, index) => (textOf(entry).includes(wanted) ? [index] : []));
}

/** The values themselves and not only their JSON, which escapes quotes: people search without the backslash. */
function textOf(entry: LogEntry): string {
  const known = texts.get(entry);
  if (known !== undefined) return known;
  const { label, title, event, error } = entry;
  const values: string[] = [label, title];
  const walk = (value: unknown, depth: number): void => {
    if (depth > 40) return;
    if (value instanceof LargeValue) values.push(value.preview);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (!Array.isArray(value)) values.push(key);
        walk(inner, depth + 1);
      }
    } else values.push(String(value));
  };
  walk(event.data, 0);
  if (error) walk([error.type, error.message, error.stack, error.cause, error.detail, error.guard, error.context], 0);
  const text = values.join('\n').toLowerCase();
  texts.set(entry, text);
  return text;
}
