import type { Micros } from '../model/record.js';
import type { ZonedStamp } from '../model/trace-id.js';
import type { EventAnswer } from './answers.js';
import type { AssembledTrace } from './assemble.js';
import { describeEvent } from './event-types.js';
import type { EventTypes } from './event-types.js';

export interface TimelineEntry {
  at: Micros;
  line: string;
}

/** One event as a timeline line: `[14:30:24] 🔧 Tool: check_calendar_availability`. */
export function timelineLine(event: EventAnswer, at: Micros, types: EventTypes, zone: ZonedStamp): string {
  return `[${zone.at(at).time}] ${describeEvent(event, types)}`;
}

/** The lines of a trace with their times; event types with `timeline: false` have none. */
export function timelineEntries(trace: AssembledTrace, types: EventTypes, zone: ZonedStamp): TimelineEntry[] {
  return trace.events
    .filter(({ answer }) => types.of(answer).timeline !== false)
    .map(({ answer, at }) => ({ at, line: timelineLine(answer, at, types, zone) }));
}

export function timeline(trace: AssembledTrace, types: EventTypes, zone: ZonedStamp): string[] {
  return timelineEntries(trace, types, zone).map(({ line }) => line);
}
