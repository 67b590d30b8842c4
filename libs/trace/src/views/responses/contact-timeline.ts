import type { Micros } from '../../model/record.js';
import { isoMicros } from '../../model/trace-id.js';
import type { ZonedStamp } from '../../model/trace-id.js';
import type { ContactResponse } from '../../contract/responses.js';
import type { AssembledTrace } from '../trace/assemble.js';
import type { EventTypes } from '../events/event-types.js';
import { listItem } from '../trace/list-item.js';
import { usageOfTraces } from '../trace/usage-dto.js';
import { timelineEntries } from '../trace/timeline.js';

/** One timeline over all of a contact's traces, by time: lines of traces that ran at the same time are mixed. */
export function contactTimeline(
  contactId: string,
  newestFirst: readonly AssembledTrace[],
  types: EventTypes,
  zone: ZonedStamp,
  now: Micros,
): ContactResponse {
  const lines = [...newestFirst]
    .reverse()
    .flatMap((trace) =>
      timelineEntries(trace, types, zone).map(({ at, line }) => ({ at, line, trace_id: trace.head.traceId })),
    );
  const usage = usageOfTraces(newestFirst.map(({ head }) => head));
  return {
    contact_id: contactId,
    count: newestFirst.length,
    traces: newestFirst.map(({ head }) => listItem(head, now)),
    ...(usage && { usage }),
    // The sort is stable: lines of one microsecond stay in the order they were written.
    timeline: lines
      .sort((a, b) => a.at - b.at)
      .map(({ at, line, trace_id }) => ({ trace_id, timestamp: isoMicros(at), line })),
  };
}
