import type { AttributeValue } from './attributes.js';
import type { JournalRecord, Micros, SpanId, TraceKey, TraceRecord } from './record.js';
import type { TraceStatus } from './status.js';

/** The part of a trace that lists, filters and counts need: the catalog's row and the head of every view. */
export interface TraceHead {
  key: TraceKey;
  traceId: string;
  contactId: string;
  /** Further contacts of the same POST. */
  contacts: string[];
  traceparent: string;
  startedAt: Micros;
  /** Time of the last record that is not late. */
  lastAt: Micros;
  /** Time of the last record, or of the deadline that ended the trace; `duration_ms` counts to here. `null`: it runs. */
  endedAt: Micros | null;
  status: TraceStatus;
  message: string | null;
  /** Number of events in the full trace; a span counts once. */
  events: number;
  errors: number;
  /** The error that was recorded first. Absent: there is none. */
  firstError?: HeadError;
  /** The last reply that was recorded, at most `MAX_REPLY` characters in one line. Absent: none with a text. */
  reply?: string;
  lateEvents: number;
  /** Events dropped by `limits.maxEventsPerTrace`. */
  dropped: number;
  /** Agents in the order they were routed to, the first router included: `['supervisor', 'sofia']`. */
  route: string[];
  agents: string[];
  tools: string[];
  /** Numbers of the events that `EVENT_TYPES` counts, by the name given there: `{ replies: 1 }`. Without those that are 0. */
  counts: Record<string, number>;
  /** Models that were called, in the order of their first call. */
  models: string[];
  /** Hosts of outgoing calls, in the order of their first call. */
  hosts: string[];
  /** Tags that `traceTag` set. */
  tags: Record<string, AttributeValue>;
  /** Highest level of its log lines from `warn` on; `null`: none. */
  logged: LoggedLevel | null;
  /** Sums over its model calls; `null`: it made none. */
  usage: TraceUsage | null;
  statusCode: number | null;
  messageId: string | null;
  /** Id of the trace that this one continues, as its carrier has it. */
  link: string | null;
  /** Span of that trace in which the carrier was made. */
  linkSpan: string | null;
  /** Dialect of a webhook, the caller's word for `runInTrace`; `continued` for a carrier. */
  type: string | null;
  /** False until its `identify` record. */
  identified: boolean;
  /** A user pinned it. The store adds this; no record has it. */
  pinned?: true;
  /** Name of the instance that recorded it. A store that several instances share adds this; no record has it. */
  instance?: string;
}

/** An error in the head of its trace. */
export interface HeadError {
  /** A step, a method or a route. */
  location: string;
  /** In one line. */
  message: string;
}

/** Levels of log lines that lists can be filtered by, in ascending order. */
export const LOGGED_LEVELS = ['warn', 'error', 'fatal'] as const;

/** Level of a log line from `warn` on. */
export type LoggedLevel = (typeof LOGGED_LEVELS)[number];

/** Sums of tokens and cost over model calls. Counts of calls that reported none are not in the sums. */
export interface UsageSums {
  calls: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  reasoning: number;
  /** Tokens in all, where only that was reported also. */
  total: number;
  /** Calls that reported no tokens. */
  unknownTokens: number;
  /** Sum of the known costs, in billionths of a US dollar. */
  costNano: number;
  /** Calls whose cost is not known. */
  unknownCost: number;
}

/** Usage of one trace. */
export interface TraceUsage extends UsageSums {
  /** Sums by model. */
  models: Record<string, UsageSums>;
  /** Sums by agent span. */
  agents: Record<string, UsageSums>;
  /** Cost of each call in billionths of a US dollar, by its span, as far as known; at most 500. */
  spans: Record<SpanId, number>;
  /** Where the prices come from, each once: `table`, `provider`, `list 0.1.8`. */
  prices: string[];
}

/** One trace: its head and all of its records. */
export interface StoredTrace {
  head: TraceHead;
  /** In the order they were written. */
  records: TraceRecord[];
}

/** Filters of a list; every one given must hold. */
export interface TraceFilter {
  contactId?: string;
  /** One status, or several of which the trace has one. */
  status?: TraceStatus | readonly TraceStatus[];
  /** Text in the message, the contact, the id, an error or a payload, in either case. */
  q?: string;
  since?: Micros;
  until?: Micros;
  /** Milliseconds from the start to the end, or to now for a trace that runs. */
  minDurationMs?: number;
  agent?: string;
  tool?: string;
  /** A model that was asked for, or that answered. */
  model?: string;
  /** Host of an outgoing call. */
  host?: string;
  /** A log line of this level or above. */
  log?: LoggedLevel;
  /** A tag that was set: `key`, or `key=value`. */
  tag?: string;
  /** Known cost of its model calls in US dollars. A trace of which no cost is known is left out. */
  minCostUsd?: number;
  maxCostUsd?: number;
  /** Known tokens of its model calls. A trace of which none are known is left out. */
  minTokens?: number;
  maxTokens?: number;
  /** The webhook's own message id: how redeliveries are found. */
  messageId?: string;
  /** Id of a message that the trace sent, as its `message_sent` event has it: how a failed delivery finds its trace. */
  sentMessageId?: string;
  /** Only traces that continue the trace with this id. */
  link?: string;
  /** `true`: only traces that have failed (`FAILED_STATUSES`), or have an error and still run. */
  withErrors?: boolean;
  /** Name of the instance that recorded it; a store of one instance has no others. */
  instance?: string;
}

/** One page of a list of traces. */
export interface TracePage {
  /** Newest first. */
  heads: TraceHead[];
  /** One opaque text per head: given as `before`, the page begins after that head. */
  cursors: string[];
  /** Cursor of the last head while there are more traces; `null` on the last page. */
  next: string | null;
  /** The time for searching payloads was used up: older traces have not been searched. */
  partial?: true;
  /** A sentence: why the page may lack traces of other instances. Absent: it has those of all. */
  degraded?: string;
}

/** Numbers of traces in a store. */
export interface TraceCounts {
  total: number;
  active: number;
  /** Traces that have failed (`FAILED_STATUSES`). */
  errors: number;
}

/** Raw material of the stats view, for one range of time. Durations in milliseconds. */
export interface TraceSample {
  byStatus: Partial<Record<TraceStatus, number>>;
  /** Durations of ended traces, ascending. Where there are many, one value represents several within 1%. */
  durations: number[];
  /** Number of traces behind each of `durations`; left out: one each. */
  weights?: number[];
  /** Sum of all durations, where `durations` does not have each of them. */
  totalMs?: number;
  /** `supervisor → sofia` and how often. */
  routing: { route: string; count: number }[];
  tools: { name: string; count: number }[];
  /** Agents, tools, models and hosts with their durations, most often used first. */
  steps?: StepSample[];
  /** Sums over all model calls. Left out: there were none. */
  usage?: UsageSums;
  /** The same by day (UTC) of the traces' start, oldest first. `startedAt` is the begin of the day. */
  usageByDay?: { startedAt: Micros; usage: UsageSums }[];
  /** Start times and how many failed, for the histogram. */
  buckets: { startedAt: Micros; total: number; errors: number }[];
}

/** Numbers over the traces that started in one part of a range. */
export interface SamplePart {
  /** Number of traces, those that run included. */
  total: number;
  /** Number of failed ones. */
  failed: number;
  /** Durations of ended traces, ascending, with their weights, as in `TraceSample`. */
  durations: number[];
  weights: number[];
  /** Number of replies that were recorded. */
  replies: number;
  /** Sums over model calls. Left out: there were none. */
  usage?: UsageSums;
}

/** Use of one agent, tool, model or host in a range of time. Durations in milliseconds, as in `TraceSample`. */
export interface StepSample {
  kind: 'agent' | 'tool' | 'model' | 'host';
  name: string;
  /** Spans and calls. */
  count: number;
  /** Spans and calls that failed. */
  errors: number;
  /** Durations of those that have one, ascending, with their weights. */
  durations: number[];
  weights: number[];
  totalMs: number;
  /** Of an agent or a model: sums over its model calls. Left out: it made none. */
  usage?: UsageSums;
}

/** A position in the stream of all records of a directory: opaque text, for the store that made it. */
export type FeedPosition = string;

/** A record of the feed, with the position from which a reader resumes after it. */
export interface FeedRecord {
  record: JournalRecord;
  /** The position after this record: a reader that resumes here does not get it again. */
  position: FeedPosition;
}
