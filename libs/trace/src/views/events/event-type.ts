import type { EventDto, SummaryDto } from '../../contract/responses.js';

/** How an event type is shown and what it adds to the summary. Everything is optional. */
export interface EventTypeDefinition {
  /** Emoji before the line. Default: `📌`, or nothing when `line` is given. */
  icon?: string;
  /** The words of the line when there is no `line`. Default: the type itself. */
  label?: string;
  /** The words of the line. Made one line and free of control characters afterwards; when it throws, `label` is used. */
  line?: (event: EventDto) => string;
  /**
   * Whether the event has a line in the timeline, or a function that returns it. Default: `true`; so is the answer of a
   * function that throws. The full trace always has the event.
   */
  timeline?: boolean | ((event: EventDto) => boolean);
  /**
   * Adds to the summary, event by event in order. `data` is the event's data, `{}` when that is no object. When it
   * throws, the summary goes without.
   */
  summary?: (summary: SummaryDto, data: Record<string, unknown>) => void;
}
