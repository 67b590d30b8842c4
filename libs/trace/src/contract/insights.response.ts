import type { Degradable } from './instances.response.js';

/** Extent of a view that opens many traces. Its number of traces is bounded. */
export interface Examined extends Degradable {
  /** Begin of the range: ISO 8601, UTC; `null`: from the first trace. */
  since: string | null;
  /** End of the range: ISO 8601, UTC; `null`: until now. */
  until: string | null;
  /** Number of traces that were examined, the newest of the range first. */
  examined: number;
  /** `false`: the range has older traces that were not examined. */
  complete: boolean;
}

/** `resolved` becomes `open` with the next error of the group; `ignored` stays. */
export const ERROR_GROUP_STATES = ['open', 'resolved', 'ignored'] as const;

/** State of an error group. */
export type ErrorGroupState = (typeof ERROR_GROUP_STATES)[number];

/** The state of an error group after a change. */
export interface ErrorStateResponse {
  /** The fingerprint of the group. */
  fingerprint: string;
  /** The state that it has now. */
  state: ErrorGroupState;
  /** When the state was set: ISO 8601, UTC; `null`: it is `open`. */
  state_since: string | null;
}

/** Names that traces of the last days have, for completion. */
export interface ValuesResponse extends Degradable {
  /** What the values are. */
  of: ValueKind;
  /**
   * The values, most frequent first, at most 50. `traces`: number of the newest 2,000 traces of the last seven days that have
   * it; 0: only older ones of these days have it.
   */
  values: { value: string; traces: number }[];
}

/** What can be completed. */
export const VALUE_KINDS = ['agent', 'tool', 'model', 'host', 'contact', 'tag', 'instance'] as const;

/** One of `VALUE_KINDS`. */
export type ValueKind = (typeof VALUE_KINDS)[number];

/** Errors of the same origin. */
export interface ErrorGroup {
  /** The fingerprint that all of them have. */
  fingerprint: string;
  /** Class name of the newest one. */
  type: string;
  /** Location of the newest one. */
  location: string;
  /** Message of the newest one. */
  message: string;
  /** Number of errors. */
  count: number;
  /** Number of traces with one of these errors. */
  traces: number;
  /** Number of contacts with one of these errors. */
  contacts: number;
  /** When the first one was recorded: ISO 8601, UTC. */
  first_seen: string;
  /** When the last one was recorded: ISO 8601, UTC. */
  last_seen: string;
  /** Public id of the trace with the newest one. */
  last_trace_id: string;
  /** What a person said about the group. */
  state: ErrorGroupState;
  /** When the state was set: ISO 8601, UTC; `null`: never. */
  state_since: string | null;
  /** Number of errors in each of 24 equal parts of the time from `bars_from` to `bars_to`. */
  bars: number[];
}

/** The errors of a time range by origin. */
export interface ErrorGroupsResponse extends Examined {
  /** Begin of the bars: ISO 8601, UTC; `null`: there are no errors. */
  bars_from: string | null;
  /** End of the bars: ISO 8601, UTC; `null`: there are no errors. */
  bars_to: string | null;
  /** The groups, most frequent first. */
  groups: ErrorGroup[];
}

/** Durations of the calls of one tool. */
export interface ToolTimes {
  /** Name of the tool. */
  name: string;
  /** Number of calls that ended. */
  calls: number;
  /** Number of calls that ended with an error. */
  errors: number;
  /** Median duration in milliseconds. */
  p50_ms: number;
  /** Duration in milliseconds that 95% of the calls stay within. */
  p95_ms: number;
  /** Longest duration in milliseconds. */
  max_ms: number;
  /** Public id of the trace with the longest call. */
  slowest_trace_id: string;
}

/** Durations, routes and tools over many traces. */
export interface InsightsResponse extends Examined {
  /** Ended traces by start and by duration. `to_ms` is `null` in the last row: anything longer. Empty cells are not listed. */
  heatmap: {
    columns: { from: string; to: string }[];
    rows: { from_ms: number; to_ms: number | null }[];
    cells: { column: number; row: number; total: number; errors: number }[];
  };
  /** Number of traces from one layer to the next: the first agent, the last agent, the tools, the outcome. */
  flows: { layer: 0 | 1 | 2; from: string; to: string; count: number }[];
  /** Tools by `p95_ms`, slowest first, of the newest `tools_examined` traces. */
  tools: ToolTimes[];
  /** Number of traces whose tools were measured. */
  tools_examined: number;
}
