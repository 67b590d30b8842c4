import type { TraceListItem, UsageDto } from '../../contract/responses.js';
import { dollars } from '../../model/money.js';
import { tokenTotal } from './usage-words.js';

/** Columns that `list --columns` can have. */
export const LIST_COLUMNS = [
  'status',
  'time',
  'contact',
  'duration',
  'agent',
  'route',
  'message',
  'error',
  'reply',
  'tokens',
  'cost',
  'events',
  'errors',
  'instance',
  'trace',
] as const;

/** One of `LIST_COLUMNS`. */
export type ListColumn = (typeof LIST_COLUMNS)[number];

/** The last agent of a route: the one that answered. */
export function lastAgent({ route }: Pick<TraceListItem, 'route'>): string | null {
  return route?.split(' → ').at(-1) ?? null;
}

/** `location: message` of the first error. */
export function errorWords({ error }: Pick<TraceListItem, 'error'>): string | null {
  return error === undefined ? null : `${error.location}: ${error.message}`;
}

/** `?` for a cost that is not known, `>` before a sum that misses calls. */
export function costCell({ cost_usd: cost, unknown_cost_calls: unknown = 0 }: UsageDto): string {
  if (cost === undefined || cost === null) return '?';
  return unknown === 0 ? dollars(cost) : `>${dollars(cost)}`;
}

/** The values of a column for programs: as in the JSON, `null` for none. */
export const COLUMN_VALUES: Readonly<Record<ListColumn, (trace: TraceListItem) => string | number | null>> = {
  status: ({ status }) => status,
  time: ({ started_at }) => started_at,
  contact: ({ contact_id }) => contact_id,
  duration: ({ duration_ms }) => duration_ms,
  agent: lastAgent,
  route: ({ route }) => route,
  message: ({ message }) => message,
  error: errorWords,
  reply: ({ reply }) => reply ?? null,
  tokens: ({ usage }) => (usage === undefined ? null : (tokenTotal(usage) ?? null)),
  cost: ({ usage }) => usage?.cost_usd ?? null,
  events: ({ events }) => events,
  errors: ({ errors }) => errors,
  instance: ({ instance }) => instance ?? null,
  trace: ({ trace_id }) => trace_id,
};
