import type { TraceHead } from '../../model/trace.js';

/** The heads of each contact. */
export function byContact(heads: readonly TraceHead[]): Map<string, TraceHead[]> {
  const groups = new Map<string, TraceHead[]>();
  for (const head of heads) groups.set(head.contactId, [...(groups.get(head.contactId) ?? []), head]);
  return groups;
}
