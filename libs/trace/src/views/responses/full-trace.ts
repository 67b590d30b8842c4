import type { Micros } from '../../model/record.js';
import { isoMicros } from '../../model/trace-id.js';
import type { ZonedStamp } from '../../model/trace-id.js';
import type { ErrorDto, FullTraceResponse, LastErrorResponse, WebhookDto } from '../../contract/responses.js';
import type { AssembledTrace } from '../trace/assemble.js';
import { durationMs, contactsOf, startedIso } from '../trace/list-item.js';
import type { EventTypes } from '../events/event-types.js';
import { linkHints } from '../hints/link-hints.js';
import { linkDtos, NO_LINKS } from '../trace/links.js';
import type { Links } from '../trace/links.js';
import { hintDetails } from '../hints/hints.js';
import type { HintRule } from '../hints/hints.js';
import { COMPLETED } from '../hints/rules/closing-rules.js';
import type { HintLookups, Related } from '../hints/related.js';
import { summarize } from '../trace/summary.js';
import { timeline } from '../trace/timeline.js';
import { exportCommand } from './export.js';

/** Everything a full trace depends on beside its records: no view reads a clock or an option itself. */
export interface ViewContext extends HintLookups {
  types: EventTypes;
  zone: ZonedStamp;
  now: Micros;
  /** A trace that took longer, in milliseconds, is slow. */
  slowMs: number;
  hints: readonly HintRule[];
  /** The traces and the baseline it is compared with. Default: none. */
  related?: Related;
  /** The linked traces. Default: none. */
  links?: Links;
}

export function fullTrace(trace: AssembledTrace, context: ViewContext): FullTraceResponse {
  const { head } = trace;
  const { types, zone, duplicateOf, hints } = context;
  const summary = summarize(trace, types);
  const links = context.links ?? NO_LINKS;
  const contacts = contactsOf(head);
  const { findings, notes, repliedIn, continued } = linkHints(links, summary.message_sent);
  const details = hintDetails(trace, { ...context, summary, custom: hints, findings, notes, repliedIn, continued });
  return {
    trace_id: head.traceId,
    contact_id: head.contactId,
    ...(contacts.length > 1 && { contacts }),
    duration_ms: durationMs(head, context.now),
    status: head.status,
    webhook_message: head.message,
    timeline: timeline(trace, types, zone),
    summary,
    debug_hints: details.map(({ hint }) => hint),
    ...(details.some(({ rule }) => rule !== COMPLETED.name) && { debug_hint_details: details }),
    ...(head.pinned && { pinned: true as const }),
    ...(head.instance !== undefined && { instance: head.instance }),
    started_at: startedIso(head),
    ended_at: head.endedAt === null ? null : isoMicros(head.endedAt),
    traceparent: head.traceparent,
    ...callerOf(trace),
    webhook: webhook(trace, duplicateOf),
    events: trace.events.map(({ dto }) => dto),
    errors: trace.errors.map(({ dto }) => dto),
    ...linkDtos(links, context.now),
  };
}

function callerOf({ open }: AssembledTrace): Pick<FullTraceResponse, 'caller'> {
  const { parent, sampled = false, tracestate, baggage } = open ?? {};
  if (parent === undefined && baggage === undefined) return {};
  return {
    caller: {
      span_id: parent ?? null,
      sampled,
      ...(tracestate !== undefined && { tracestate }),
      ...(baggage !== undefined && { baggage }),
    },
  };
}

function webhook({ open, identify, response, handler, route }: AssembledTrace, duplicateOf: string | null): WebhookDto {
  return {
    method: open?.method ?? null,
    path: open?.path ?? null,
    ...(route !== null && { route }),
    type: identify?.type ?? null,
    direction: identify?.direction ?? null,
    message_id: identify?.message_id ?? null,
    body: identify?.body ?? null,
    status_code: response?.status ?? null,
    acknowledged_ms: response?.ms ?? null,
    duplicate_of: duplicateOf,
    handler,
  };
}

export function lastError(trace: FullTraceResponse): LastErrorResponse {
  return {
    ...trace,
    error_summary: {
      count: trace.errors.length,
      first_error: trace.errors[0] ?? null,
      locations: distinct(trace.errors),
    },
    export_command: exportCommand(trace.trace_id),
  };
}

function distinct(errors: readonly ErrorDto[]): string[] {
  return [...new Set(errors.map(({ location }) => location))];
}
