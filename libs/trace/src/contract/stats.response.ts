import type { ConsumerState, JournalHealth, OtlpHealth, ReceivedHealth, SharedHealth } from '../model/health.js';
import type { Degradable } from './instances.response.js';
import type { UsageDto } from './usage.response.js';
import type { TraceStatus } from '../model/status.js';

/** Number and durations of the calls of one agent, tool, model or host. */
export interface StepStats {
  /** Number of calls. */
  count: number;
  /** Number of calls that ended with an error. */
  errors: number;
  /** Mean duration in milliseconds. */
  average_duration_ms: number;
  /** Median duration in milliseconds. */
  p50_ms: number;
  /** Duration in milliseconds that 95% of the calls stay within. */
  p95_ms: number;
  /** Duration in milliseconds that 99% of the calls stay within. */
  p99_ms: number;
  /** Of an agent or a model: its model calls with their tokens and cost. Absent: none. */
  usage?: UsageDto;
}

/** Numbers over the traces that started in one part of a range. */
export interface StatsPart {
  /** Begin: ISO 8601, UTC. */
  from: string;
  /** End: ISO 8601, UTC. */
  to: string;
  /** Number of traces. */
  total_traces: number;
  /** Number of failed traces. */
  error_traces: number;
  /** Share of failed traces, 0 to 1; `null`: there are no traces. */
  error_rate: number | null;
  /** Median duration in milliseconds; `null`: no trace ended. */
  p50_ms: number | null;
  /** Duration in milliseconds that 95% of the ended traces stay within; `null`: none ended. */
  p95_ms: number | null;
  /** Number of replies that were recorded. */
  replies: number;
  /** Tokens of model calls, as far as known; `null`: none is known. */
  tokens: number | null;
  /** Cost of model calls in US dollars, as far as known; `null`: none is known. */
  cost_usd: number | null;
}

/** Numbers over all traces of a time range. Durations are those of ended traces; 0 where there are none. */
export interface StatsResponse extends Degradable {
  /** Begin of the range: ISO 8601, UTC; `null`: from the first trace. */
  since: string | null;
  /** End of the range: ISO 8601, UTC; `null`: until now. */
  until: string | null;
  /** Number of traces. */
  total_traces: number;
  /** Number of failed traces: status `error`, `timeout`, `interrupted` or `silent`. */
  error_traces: number;
  /** Share of failed traces, 0 to 1. */
  error_rate: number;
  /** Mean duration in milliseconds. */
  average_duration_ms: number;
  /** Median duration in milliseconds. */
  p50_ms: number;
  /** Duration in milliseconds that 95% of the traces stay within. */
  p95_ms: number;
  /** Duration in milliseconds that 99% of the traces stay within. */
  p99_ms: number;
  /** Number of hops per route: `{ "supervisor → sofia": 12 }`, most frequent first. */
  agent_routing: Record<string, number>;
  /** Number of calls per tool, most frequent first. */
  tools: Record<string, number>;
  /** Spans of agents by name, most frequent first. */
  by_agent?: Record<string, StepStats>;
  /** Tool calls by name, most frequent first. */
  by_tool?: Record<string, StepStats>;
  /** Model calls by name of the model that answered, most frequent first. Absent: none. */
  by_model?: Record<string, StepStats>;
  /** Outgoing calls by host, most frequent first. Absent: none. */
  by_host?: Record<string, StepStats>;
  /** All model calls with their tokens and cost. Absent: none. */
  usage?: UsageDto;
  /** The same by day (UTC) on which the traces began, oldest first, at most 400 days. Absent: none. */
  usage_by_day?: ({ day: string } & UsageDto)[];
  /** Number of running traces. */
  active_traces: number;
  /** Number of traces per status. */
  by_status: Record<TraceStatus, number>;
  /** Numbers per part of equal width, oldest first, at most 60. Absent: the store does not have them. */
  over_time?: StatsPart[];
  /** The same numbers over the period of equal length right before. Absent: the range has no begin, or the store lacks them. */
  previous?: StatsPart;
  /** Number of traces and of failed ones per bar of equal width, oldest first, at most 60. */
  histogram: { from: string; to: string; total: number; errors: number }[];
}

/** Health of the collector itself. */
export interface HealthResponse {
  /** `degraded`: something was lost or does not work. */
  status: 'ok' | 'degraded';
  /** Why it is degraded, one sentence each. */
  reasons: string[];
  /** Number of traces. `null`, like the next two, where the store does not count. */
  total_traces: number | null;
  /** Number of running traces. */
  active_traces: number | null;
  /** Number of failed traces. */
  error_traces: number | null;
  /** Capabilities that a store of your own lacks (`feed`, `search`, …). Questions that need one are answered with 501. */
  not_supported?: string[];
  /** When this was measured: ISO 8601, UTC. */
  timestamp: string;
  /** Size of the journal in bytes and segments, and the bytes that are not indexed yet. */
  journal: JournalHealth;
  /** State of the shared store. Absent: there is none. */
  shared?: SharedHealth;
  /** The receiver of OTLP that ended traces are sent to; absent: the application has none. */
  otlp?: OtlpHealth;
  /** Spans that other processes sent; absent: none since the start. */
  otlp_received?: ReceivedHealth;
  /** Number of records that were dropped, by cause. */
  dropped: Record<string, number>;
  /** Consumers of the journal. Absent: the application has none. */
  consumers?: ConsumerState[];
  /** Alerts of this process since its start: sent, given up or dropped, and the channels that fail. Absent: it has none. */
  alerts?: { sent: number; failed: number; dropped: number; failing: string[] };
  /** Number of records that could not be read back. */
  corrupt_records: number;
  /** Number of times the collector itself failed. */
  self_errors: number;
  /** Version of this package. */
  version: string;
}
