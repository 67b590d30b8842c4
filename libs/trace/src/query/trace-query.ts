import { type ErrorCode, TraceCollectorError } from '../model/errors.js';
import { SystemClock } from '../model/clock.js';
import type { Clock } from '../model/clock.js';
import { ZonedStamp } from '../model/trace-id.js';
import type { StoreHealth, TraceStore } from '../store/port.js';
import type {
  ActiveResponse,
  AlertsResponse,
  AlertTestResponse,
  CompareResponse,
  ContactResponse,
  ConversationResponse,
  Degradable,
  ErrorGroupsResponse,
  ErrorGroupState,
  ErrorStateResponse,
  EventDetailResponse,
  ExportResponse,
  FindingsResponse,
  FullTraceResponse,
  HealthResponse,
  InsightsResponse,
  InstancesResponse,
  LastErrorResponse,
  OtlpResponse,
  EraseResponse,
  PinResponse,
  QuickDebugResponse,
  StatsResponse,
  StreamMessage,
  TracesResponse,
  ValueKind,
  ValuesResponse,
} from '../contract/responses.js';
import type {
  AlertQueries,
  CompareQueries,
  ErrorGroupsParams,
  FindingsParams,
  MetricsQueries,
  OtlpQueries,
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
import type { CountedChannel } from '../views/metrics/collector-metrics.js';
import type { MetricFamily } from '../views/metrics/metric.js';
import { type AlertsSource, queryAlerts, testAlerts } from './alerts.query.js';
import { queryActive } from './lists/active.query.js';
import { queryInstances } from './lists/instances.query.js';
import { clearTraces, eraseContact, pinTrace } from './admin.query.js';
import { queryCompare } from './trace/compare.query.js';
import { queryContact, queryConversation, queryQuickDebug, recordedContact } from './lists/contact.query.js';
import { queryHealth } from './health.query.js';
import { queryFindings } from './lists/findings.query.js';
import { MetricsScrape } from './metrics.query.js';
import { queryTraces } from './lists/list-traces.query.js';
import { queryLastError, queryLastTrace } from './trace/newest-trace.query.js';
import { queryErrorGroups, setErrorState } from './lists/errors.query.js';
import { queryInsights } from './lists/overview.query.js';
import { queryStats } from './lists/stats.query.js';
import { queryValues } from './lists/values.query.js';
import type { OwnInstance } from './own-instance.js';
import type { QueryContext } from './query-context.js';
import { StreamHub } from './stream/stream-hub.js';
import { queryOtlp } from './trace/otlp.query.js';
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
  /** How the sending of traces to a receiver of OTLP is. Default: there is none. */
  otlp?: () => HealthResponse['otlp'];
  /** The spans that other processes sent. Default: none are taken. */
  received?: () => HealthResponse['otlp_received'];
  /** A trace that took longer, in milliseconds, is called slow. Default: 5,000. */
  slowMs?: number;
  /** Directory of the application's own code, for the source lines of errors. Default: the process's directory. */
  sourceRoot?: string;
  /** Attributes of the process in traces as OTLP. Default: none. */
  resource?: QueryContext['resource'];
  /** The application's alerts. Default: it has none. */
  alerts?: AlertsSource & { channels(): readonly CountedChannel[] };
  /** Counts traces for the metrics, from its first call on. Default: the process records none. */
  counters?: () => MetricFamily[];
  /** This process, where it records into the store. Default: it only reads. */
  own?: OwnInstance;
}

/** Codes of answers that there is no such trace. */
const MISSING: readonly ErrorCode[] = ['TRACE_NOT_FOUND', 'CONTACT_NOT_FOUND', 'NO_TRACES', 'NO_ERRORS'];

/** The questions over a store. Each is in a file of its own: it reads from the store and has a view make the answer. */
export class TraceQueryService
  implements TraceQueries, OverviewQueries, CompareQueries, ValueQueries, AlertQueries, MetricsQueries, OtlpQueries
{
  private readonly context: Omit<QueryContext, 'now'>;
  private readonly clock: Clock;
  private readonly hub: StreamHub;
  private readonly scrape: MetricsScrape;

  constructor(private readonly options: TraceQueryServiceOptions) {
    const {
      store,
      timeZone,
      eventTypes = defineEventTypes(),
      hints = [],
      slowMs = 5_000,
      sourceRoot,
      own,
      resource = {},
    } = options;
    const zone = timeZone instanceof ZonedStamp ? timeZone : new ZonedStamp(timeZone);
    this.context = { store, types: eventTypes, zone, hints, slowMs, sourceRoot, own, resource };
    this.clock = options.clock ?? new SystemClock();
    this.hub = new StreamHub(streamedFrom(store));
    this.scrape = new MetricsScrape(
      () => this.health(),
      () => options.alerts?.channels() ?? [],
      options.counters,
    );
  }

  health(): Promise<HealthResponse> {
    const { store, localHealth, version, internalErrors, problems, consumers, otlp, received } = this.options;
    const own = {
      version,
      internalErrors: internalErrors?.() ?? 0,
      problems: problems?.(),
      consumers: consumers?.(),
      otlp: otlp?.(),
      received: received?.(),
      alerts: this.alertCounts(),
      now: this.clock.now(),
    };
    return queryHealth(store, own, localHealth);
  }

  traces(params: TracesParams): Promise<TracesResponse> {
    return this.overAll((context) => queryTraces(context, params));
  }

  findings(params: FindingsParams): Promise<FindingsResponse> {
    return this.overAll((context) => queryFindings(context, params));
  }

  trace(id: string): Promise<FullTraceResponse> {
    return this.answer((context) => queryTrace(context, id));
  }

  leanTrace(id: string, limits: TraceLimits): Promise<FullTraceResponse> {
    return this.answer((context) => queryLeanTrace(context, id, limits));
  }

  event(id: string, seq: number): Promise<EventDetailResponse> {
    return this.answer((context) => queryEvent(context, id, seq));
  }

  export(id: string): Promise<ExportResponse> {
    return this.answer((context) => queryExport(context, id));
  }

  otlp(id: string): Promise<OtlpResponse> {
    return this.answer((context) => queryOtlp(context, id));
  }

  lastTrace(): Promise<FullTraceResponse> {
    return this.overAll(queryLastTrace);
  }

  lastError(): Promise<LastErrorResponse> {
    return this.overAll(queryLastError);
  }

  active(): Promise<ActiveResponse> {
    return this.overAll(queryActive);
  }

  instances(): Promise<InstancesResponse> {
    return this.overAll(queryInstances);
  }

  stats(given: TimeRange): Promise<StatsResponse> {
    return this.overAll((context) => queryStats(context, given));
  }

  quickDebug(contact: string): Promise<QuickDebugResponse> {
    return this.overAll((context) => queryQuickDebug(context, contact));
  }

  contact(contact: string, limit?: number): Promise<ContactResponse> {
    return this.overAll((context) => queryContact(context, contact, limit));
  }

  conversation(contact: string, page?: { limit?: number; before?: string }): Promise<ConversationResponse> {
    return this.overAll((context) => queryConversation(context, contact, page));
  }

  errorGroups(params: ErrorGroupsParams): Promise<ErrorGroupsResponse> {
    return this.overAll((context) => queryErrorGroups(context, params));
  }

  setErrorState(fingerprint: string, state: ErrorGroupState): Promise<ErrorStateResponse> {
    return setErrorState(this.now(), fingerprint, state);
  }

  values(of: ValueKind, prefix?: string): Promise<ValuesResponse> {
    return this.overAll((context) => queryValues(context, of, prefix));
  }

  insights(range: TimeRange): Promise<InsightsResponse> {
    return this.overAll((context) => queryInsights(context, range));
  }

  compare(a: string, b: string): Promise<CompareResponse> {
    return this.answer((context) => queryCompare(context, a, b));
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

  alerts(): Promise<AlertsResponse> {
    return queryAlerts(this.options.alerts);
  }

  testAlerts(): Promise<AlertTestResponse> {
    return testAlerts(this.options.alerts);
  }

  metrics(): Promise<{ text: string }> {
    return this.scrape.text();
  }

  stream(params: StreamParams): AsyncIterable<StreamMessage> {
    const { contactId } = params;
    return this.hub.subscribe(contactId === undefined ? params : { ...params, contactId: recordedContact(contactId) });
  }

  /** An answer over the traces of all instances. It says when some are missing. */
  private overAll<T extends Degradable>(query: (context: QueryContext) => Promise<T>): Promise<T> {
    return this.answer(query, (answer, degraded) => ({ ...answer, degraded }));
  }

  /** @param mark adds the sentence of a store that could not answer for all instances */
  private async answer<T>(
    query: (context: QueryContext) => Promise<T>,
    mark: (answer: T, degraded: string) => T = (answer) => answer,
  ): Promise<T> {
    const context = this.now();
    try {
      const answer = await query(context);
      const { degraded } = context.store;
      return degraded === undefined ? answer : mark(answer, degraded);
    } catch (error) {
      throw withReason(error, context.store.degraded);
    }
  }

  private alertCounts(): HealthResponse['alerts'] {
    const channels = this.options.alerts?.channels();
    if (!channels) return undefined;
    const sum = (key: 'sent' | 'failed' | 'dropped'): number =>
      channels.reduce((all, channel) => all + channel[key], 0);
    const failing = channels.filter((channel) => channel.failing !== null).map(({ name }) => name);
    return { sent: sum('sent'), failed: sum('failed'), dropped: sum('dropped'), failing };
  }

  private now(): QueryContext {
    const { store } = this.options;
    return { ...this.context, store: store.question?.() ?? store, now: this.clock.now() };
  }
}

/** What is missing may be in the shared store, which did not answer. */
function withReason(error: unknown, degraded: string | undefined): unknown {
  if (degraded === undefined || !(error instanceof TraceCollectorError) || !MISSING.includes(error.code)) return error;
  return new TraceCollectorError(error.code, `${error.message} ${degraded}`, { cause: error });
}

/** Records and the traces that they belong to come from the same place. */
function streamedFrom(store: TraceStore): Pick<TraceStore, 'feed' | 'getMany' | 'instances'> {
  return {
    get feed() {
      return store.feed;
    },
    ...(store.instances && { instances: () => store.instances!() }),
    getMany: (ids) => (store.feed?.getMany ? store.feed.getMany(ids) : store.getMany(ids)),
  };
}
