import type { TraceStatus } from '../../model/status.js';

export interface StepStats {
  count: number;
  errors: number;
  average_duration_ms: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
}

export interface StatsResponse {
  since: string | null;
  until: string | null;
  total_traces: number;
  /** Traces that have failed: status `error`, `timeout`, `interrupted` or `silent`. */
  error_traces: number;
  /** Share of failed traces, 0 to 1. */
  error_rate: number;
  average_duration_ms: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  /** `{ "supervisor → sofia": 12 }`. */
  agent_routing: Record<string, number>;
  tools: Record<string, number>;
  /** Spans of agents, and tool calls, by name; most frequent first. */
  by_agent?: Record<string, StepStats>;
  by_tool?: Record<string, StepStats>;
  active_traces: number;
  by_status: Record<TraceStatus, number>;
  histogram: { from: string; to: string; total: number; errors: number }[];
}

export interface HealthResponse {
  status: 'ok' | 'degraded';
  reasons: string[];
  total_traces: number;
  active_traces: number;
  error_traces: number;
  timestamp: string;
  /** `pruned_…`: deleted by retention; only where it has deleted traces. */
  journal: {
    bytes: number;
    segments: number;
    lag: number;
    pruned_traces?: number;
    pruned_bytes?: number;
    /** The SQLite that holds the index. */
    sqlite?: string;
  };
  dropped: Record<string, number>;
  corrupt_records: number;
  self_errors: number;
  version: string;
}
