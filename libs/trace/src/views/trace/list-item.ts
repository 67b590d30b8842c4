import type { Micros } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import { isoMicros } from '../../model/trace-id.js';
import { shownModels, usageDto } from './usage-dto.js';
import type { TraceListItem } from '../../contract/responses.js';

/** A trace as one row of a list. @param now end of the duration of a running trace */
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
    ...(head.firstError && { error: head.firstError }),
    events: head.events,
    route: head.route.length === 0 ? null : head.route.join(' → '),
    ...(head.pinned && { pinned: true as const }),
    ...(head.usage && { usage: usageDto(head.usage) }),
    ...(head.models.length > 0 && { models: shownModels(head.models) }),
    ...(Object.keys(head.tags).length > 0 && { tags: head.tags }),
    ...(head.counts.replies && { replies: head.counts.replies }),
    ...(head.reply !== undefined && { reply: head.reply }),
    ...(head.counts.refused && { refused: head.counts.refused }),
    ...(head.link && { continues: head.link }),
    ...(head.instance !== undefined && { instance: head.instance }),
  };
}

/** Contacts of all messages in the trace's POST, its own contact first. */
export function contactsOf({ contactId, contacts }: Pick<TraceHead, 'contactId' | 'contacts'>): string[] {
  return [...new Set([contactId, ...contacts])];
}

/** Start of the trace, ISO 8601; the time of its last event where the record of the start was lost. */
export function startedIso(head: TraceHead): string {
  return isoMicros(head.startedAt === 0 ? head.lastAt : head.startedAt);
}

/**
 * Whole milliseconds from a trace's start to its end, or to `now` while it runs; 0 where the clock was set back or the
 * start was lost. Lists, traces, exports, statistics, sorting and filters all use this function.
 */
export function durationMs({ startedAt, endedAt }: TraceHead, now: Micros): number {
  return startedAt === 0 ? 0 : Math.max(0, Math.round(((endedAt ?? now) - startedAt) / 1000));
}
