import { SystemClock } from '../model/clock.js';
import type { Clock } from '../model/clock.js';
import { ZonedStamp } from '../model/trace-id.js';
import type { StoreHealth, TraceStore } from '../store/port.js';
import type {
  ActiveResponse,
  CompareResponse,
  ContactResponse,
  ConversationResponse,
  ErrorGroupsResponse,
  EventDetailResponse,
  ExportResponse,
  FullTraceResponse,
  HealthResponse,
  InsightsResponse,
  LastErrorResponse,
  EraseResponse,
  PinResponse,
  QuickDebugResponse,
  StatsResponse,
  StreamMessage,
  TracesResponse,
} from '../contract/responses.js';
import type {
  CompareQueries,
  OverviewQueries,
  StreamParams,
  TimeRange,
  TraceLimits,
  TraceQueries,
  TracesParams,
  ValueQueries,
} from '../contract/trace-queries.js';
import { defineEventTypes } from '../views/events/event-types.js';
import type { EventTypes } from '../views/events/event-types.js';
import type { HintRule } from '../views/hints/hints.js';
import { stats } from '../views/stats/stats.js';
import { queryActive } from './lists/active.query.js';
import { clearTraces, eraseContact, pinTrace } from './admin.query.js';
import { capability } from './capabilities.js';
import { queryCompare } from './trace/compare.query.js';
import { queryContact, queryConversation, queryQuickDebug, recordedContact } from './lists/contact.query.js';
import { queryHealth } from './health.query.js';
import { queryTraces } from './lists/list-traces.query.js';
import { queryLastError, queryLastTrace } from './trace/newest-trace.query.js';
import { queryErrorGroups, queryInsights } from './lists/overview.query.js';
import type { QueryContext } from './query-context.js';
import { StreamHub } from './stream/stream-hub.js';
import { resolveRange } from './search/time-range.js';
import { queryEvent, queryExport, queryLeanTrace, queryTrace } from './trace/trace.query.js';

export interface TraceQueryServiceOptions {
  store: TraceStore;
  /** Health of the journal that capture writes, where `store` does not read it. */
  localHealth?: () => Promise<StoreHealth>;
  /** The package's version, for health. */
  version: string;
  /** Default: the lead-agent vocabulary. */
  eventTypes?: EventTypes;
  /** The application's own hint rules. */
  hints?: readonly HintRule[];
  /** Zone of the timeline's stamps. Default: the process's. */
  timeZone?: string | ZonedStamp;
  clock?: Clock;
  /** How often a part of the collector itself failed. Default: never. */
  internalErrors?: () => number;
  /** Further problems, as sentences for health. Default: none. */
  problems?: () => readonly string[];
  /** How the consumers of the journal are. Default: there are none. */
  consumers?: () => HealthResponse['consumers'];
  /** A trace that took longer, in milliseconds, is called slow. Default: 5,000. */
  slowMs?: number;
  /** Directory of the application's own code, for the source lines of errors. Default: the process's directory. */
  sourceRoot?: string;
}

/** The questions over a store. Each is in a file of its own: it reads from the store and has a view make the answer. */
export class TraceQueryService implements TraceQueries, OverviewQueries, CompareQueries, ValueQueries {
  private readonly context: Omit<QueryContext, 'now'>;
  private readonly clock: Clock;
  private readonly hub: StreamHub;

  constructor(private readonly options: TraceQueryServiceOptions) {
    const { store, timeZone, eventTypes = defineEventTypes(), hints = [], slowMs = 5_000, sourceRoot } = options;
    const zone = timeZone instanceof ZonedStamp ? timeZone : new ZonedStamp(timeZone);
    this.context = { store, types: eventTypes, zone, hints, slowMs, sourceRoot };
    this.clock = options.clock ?? new SystemClock();
    this.hub = new StreamHub(store);
  }

  health(): Promise<HealthResponse> {
    const { store, localHealth, version, internalErrors, problems, consumers } = this.options;
    const own = {
      version,
      internalErrors: internalErrors?.() ?? 0,
      problems: problems?.(),
      consumers: consumers?.(),
      now: this.clock.now(),
    };
    return queryHealth(store, own, localHealth);
  }

  traces(params: TracesParams): Promise<TracesResponse> {
    return queryTraces(this.now(), params);
  }

  trace(id: string): Promise<FullTraceResponse> {
    return queryTrace(this.now(), id);
  }

  leanTrace(id: string, limits: TraceLimits): Promise<FullTraceResponse> {
    return queryLeanTrace(this.now(), id, limits);
  }

  event(id: string, seq: number): Promise<EventDetailResponse> {
    return queryEvent(this.now(), id, seq);
  }

  export(id: string): Promise<ExportResponse> {
    return queryExport(this.now(), id);
  }

  lastTrace(): Promise<FullTraceResponse> {
    return queryLastTrace(this.now());
  }

  lastError(): Promise<LastErrorResponse> {
    return queryLastError(this.now());
  }

  active(): Promise<ActiveResponse> {
    return queryActive(this.now());
  }

  async stats(given: TimeRange): Promise<StatsResponse> {
    const context = this.now();
    const range = resolveRange(given, context);
    return stats(await capability(context.store, 'stats').sample(range), range);
  }

  quickDebug(contact: string): Promise<QuickDebugResponse> {
    return queryQuickDebug(this.now(), contact);
  }

  contact(contact: string, limit?: number): Promise<ContactResponse> {
    return queryContact(this.now(), contact, limit);
  }

  conversation(contact: string, page?: { limit?: number; before?: string }): Promise<ConversationResponse> {
    return queryConversation(this.now(), contact, page);
  }

  errorGroups(range: TimeRange): Promise<ErrorGroupsResponse> {
    return queryErrorGroups(this.now(), range);
  }

  insights(range: TimeRange): Promise<InsightsResponse> {
    return queryInsights(this.now(), range);
  }

  compare(a: string, b: string): Promise<CompareResponse> {
    return queryCompare(this.now(), a, b);
  }

  pin(id: string, pinned: boolean): Promise<PinResponse> {
    return pinTrace(this.now(), id, pinned);
  }

  clear(options: { keepErrors: boolean }): Promise<{ removed: number }> {
    return clearTraces(this.now(), options);
  }

  eraseContact(contactId: string, options?: { scrub?: boolean }): Promise<EraseResponse> {
    return eraseContact(this.now(), contactId, options);
  }

  stream(params: StreamParams): AsyncIterable<StreamMessage> {
    const { contactId } = params;
    return this.hub.subscribe(contactId === undefined ? params : { ...params, contactId: recordedContact(contactId) });
  }

  private now(): QueryContext {
    return { ...this.context, now: this.clock.now() };
  }
}
