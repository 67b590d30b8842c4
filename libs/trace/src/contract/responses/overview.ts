/** The traces that an overview examined. An overview opens many traces, so their number is bounded. */
export interface Examined {
  since: string | null;
  until: string | null;
  /** Number of examined traces; the newest of the range come first. */
  examined: number;
  /** `false`: the range has older traces that were not examined. */
  complete: boolean;
}

export interface ErrorGroup {
  fingerprint: string;
  type: string;
  location: string;
  /** Message of the newest error. */
  message: string;
  count: number;
  traces: number;
  contacts: number;
  first_seen: string;
  last_seen: string;
  last_trace_id: string;
  /** Counts in equal intervals from `bars_from` to `bars_to`. */
  bars: number[];
}

export interface ErrorGroupsResponse extends Examined {
  bars_from: string | null;
  bars_to: string | null;
  /** Most frequent first. */
  groups: ErrorGroup[];
}

export interface ToolTimes {
  name: string;
  calls: number;
  errors: number;
  p50_ms: number;
  p95_ms: number;
  max_ms: number;
  slowest_trace_id: string;
}

export interface InsightsResponse extends Examined {
  /** Ended traces by start time and duration. A cell that is not listed is empty. */
  heatmap: {
    columns: { from: string; to: string }[];
    /** `to_ms` is `null` in the last row: anything longer. */
    rows: { from_ms: number; to_ms: number | null }[];
    cells: { column: number; row: number; total: number; errors: number }[];
  };
  /** Hand-overs, tools and outcomes as four layers: from `layer` to `layer + 1`. */
  flows: { layer: 0 | 1 | 2; from: string; to: string; count: number }[];
  /** Slowest first by `p95_ms`; from the newest `tools_examined` traces. */
  tools: ToolTimes[];
  tools_examined: number;
}
