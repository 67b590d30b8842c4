import { searchTerms } from '../../../trace/src/contract/search-terms.js';
import { withTerm } from './search-term.js';

/** A filter chip: its label and the term of the search that it adds and removes. */
export interface Chip {
  label: string;
  key: 'status' | 'duration';
  value: string;
}

/** The chips of the list. `slow` is the limit of the hint "Slow". */
export const CHIPS: readonly Chip[] = [
  { label: 'failed', key: 'status', value: 'failed' },
  { label: 'silent', key: 'status', value: 'silent' },
  { label: 'running', key: 'status', value: 'active' },
  { label: 'slow', key: 'duration', value: '>5s' },
];

/** `failed` contains `silent`: one of both is chosen. */
const EXCLUDES: Record<string, string> = { failed: 'silent', silent: 'failed' };

/** Whether the search has the chip's term. */
export function hasChip(q: string, { key, value }: Chip): boolean {
  return valuesOf(q, key).includes(value);
}

/** The search with the chip's term, or without it where it has it. Several statuses are one term: `status:failed,active`. */
export function toggleChip(q: string, chip: Chip): string {
  const { key, value } = chip;
  const before = valuesOf(q, key);
  if (key === 'duration') return hasChip(q, chip) ? without(q, key) : withTerm(q, `${key}:${value}`);
  const values = before.includes(value)
    ? before.filter((each) => each !== value)
    : [...before.filter((each) => each !== EXCLUDES[value]), value];
  return values.length === 0 ? without(q, key) : withTerm(q, `${key}:${values.join(',')}`);
}

function valuesOf(q: string, key: Chip['key']): string[] {
  const found = searchTerms(q).find((term) => term.key === key && !term.negated);
  return found === undefined ? [] : found.value.toLowerCase().split(',');
}

function without(q: string, key: Chip['key']): string {
  return searchTerms(q)
    .filter((term) => term.key !== key || term.negated)
    .map(({ whole }) => whole)
    .join(' ');
}
