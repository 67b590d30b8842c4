import { criticalPath } from './critical-path.js';
import { isSpan } from './trace-log.js';
import type { LogEntry } from './trace-log.js';

/** Spans of which the critical path is computed at most. */
const MAX_SPANS = 5_000;

/** Part of the time of a trace, in milliseconds from its start. */
export interface TimePart {
  from: number;
  to: number;
}

/** The time axis that all bars of a view share. */
export interface TimeScale extends TimePart {
  /** Milliseconds of the whole trace, with what came after its end. */
  total: number;
  /** Ids of the spans on the critical path. */
  critical: ReadonlySet<string>;
  /** Position of a moment in percent of the shown part. */
  at: (ms: number) => number;
  /** End of an entry; of a running one the end of the trace. */
  endOf: (entry: LogEntry) => number;
}

/** The axis of a log. `part` is shown large; without it all is shown. */
export function timeScale(log: readonly LogEntry[], durationMs: number, part: TimePart | undefined): TimeScale {
  const spans = log.filter(({ event }) => isSpan(event));
  const total = log.reduce(
    (most, { offset, event }) => Math.max(most, offset + (event.duration_ms ?? 0)),
    Math.max(1, durationMs),
  );
  const endOf = ({ offset, event, open }: LogEntry) => (open ? total : offset + (event.duration_ms ?? 0));
  const critical = criticalPath(
    spans.slice(0, MAX_SPANS).map((entry) => ({
      id: entry.event.span_id ?? '',
      parent: entry.event.parent_span_id,
      start: entry.offset,
      end: endOf(entry),
    })),
  );
  const { from, to } = part ?? { from: 0, to: total };
  return { from, to, total, critical, endOf, at: (ms) => ((ms - from) / (to - from)) * 100 };
}
