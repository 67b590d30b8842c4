import type { Micros } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import { isoMicros } from '../../model/trace-id.js';
import type { TraceListItem } from '../../contract/responses.js';

/** @param now for the duration of a trace that runs */
export function listItem(head: TraceHead, now: Micros): TraceListItem {
  const contacts = contactsOf(head);
  return {
    trace_id: head.traceId,
    contact_id: head.contactId,
    ...(contacts.length > 1 && { contacts }),
    started_at: startedIso(head),
    duration_ms: durationMs(head, now),
    status: head.status,
    message: head.message,
    errors: head.errors,
    events: head.events,
    route: head.route.length === 0 ? null : head.route.join(' → '),
    ...(head.pinned && { pinned: true as const }),
    ...(head.link && { continues: head.link }),
  };
}

/** Everybody who wrote in the trace's POST, its own contact first. */
export function contactsOf({ contactId, contacts }: Pick<TraceHead, 'contactId' | 'contacts'>): string[] {
  return [...new Set([contactId, ...contacts])];
}

/** When the trace opened; where that record was lost, its last event is the nearest thing known. */
export function startedIso(head: TraceHead): string {
  return isoMicros(head.startedAt === 0 ? head.lastAt : head.startedAt);
}

/**
 * Whole milliseconds from a trace's start to its end, or to `now` while it runs. A clock set back, or a lost start, gives 0.
 * The one rule for lists, traces, exports, statistics, sorting and filters.
 */
export function durationMs({ startedAt, endedAt }: TraceHead, now: Micros): number {
  return startedAt === 0 ? 0 : Math.max(0, Math.round(((endedAt ?? now) - startedAt) / 1000));
}
