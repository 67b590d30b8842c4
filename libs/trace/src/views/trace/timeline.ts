import type { Micros } from '../../model/record.js';
import type { ZonedStamp } from '../../model/trace-id.js';
import type { EventDto } from '../../contract/responses.js';
import type { AssembledTrace } from './assemble.js';
import { describeEvent } from '../events/event-types.js';
import type { EventTypes } from '../events/event-types.js';
import { singleMessages } from '../events/received.js';

export interface TimelineEntry {
  at: Micros;
  line: string;
}

/** One event as a timeline line: `[14:30:24] 🔧 Tool: check_calendar_availability`. */
export function timelineLine(event: EventDto, at: Micros, types: EventTypes, zone: ZonedStamp): string {
  return `[${zone.at(at).time}] ${describeEvent(event, types)}`;
}

/** The lines of a trace with their times; event types with `timeline: false` have none. */
export function timelineEntries(trace: AssembledTrace, types: EventTypes, zone: ZonedStamp): TimelineEntry[] {
  return trace.events
    .filter(({ dto }) => hasLine(dto, types))
    .flatMap(({ dto, at }) => singleMessages(dto).map((each) => ({ at, line: timelineLine(each, at, types, zone) })));
}

/** Whether the event has a line in the timeline: no second record of a reply; else by the definition of its type. */
function hasLine(event: EventDto, types: EventTypes): boolean {
  if (event.again) return false;
  const { timeline: wanted } = types.of(event);
  if (typeof wanted !== 'function') return wanted !== false;
  try {
    return wanted(event);
  } catch {
    return true;
  }
}

export function timeline(trace: AssembledTrace, types: EventTypes, zone: ZonedStamp): string[] {
  return timelineEntries(trace, types, zone).map(({ line }) => line);
}
