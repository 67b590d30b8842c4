import { SystemClock } from '../model/clock.js';
import type { Clock } from '../model/clock.js';
import { contactIdOf } from '../model/contact-id.js';
import { TraceCollectorError } from '../model/errors.js';
import { isFailing } from '../model/status.js';
import type { MomentContext } from '../model/time.js';
import { ZonedStamp } from '../model/trace-id.js';
import type { StoredTrace, TraceFilter, TraceHead } from '../model/trace.js';
import type { TraceFeed, TraceAdmin, TraceReader } from '../store/port.js';
import { activeTraces } from '../views/lists/active.js';
import type {
  ActiveResponse,
  CompareResponse,
  ContactResponse,
  ConversationResponse,
  ErrorGroupsResponse,
  ExportResponse,
  FullTraceResponse,
  HealthResponse,
  InsightsResponse,
  LastErrorResponse,
  PinResponse,
  QuickDebugResponse,
  StatsResponse,
  StreamMessage,
  TracesResponse,
  EventDetailResponse,
} from '../contract/responses.js';
import { assemble } from '../views/trace/assemble.js';
import { compareTraces } from '../views/compare/compare.js';
import { contactTimeline } from '../views/lists/contact-timeline.js';
import { conversationTurn } from '../views/lists/conversation.js';
import { defineEventTypes } from '../views/events/event-types.js';
import type { EventTypes } from '../views/events/event-types.js';
import { exportTrace } from '../views/trace/export.js';
import { fullTrace, lastError } from '../views/trace/full-trace.js';
import type { HintRule } from '../views/hints/hints.js';
import { limitEvents } from '../views/trace/limit-events.js';
import { elideValues } from '../views/trace/elide-values.js';
import { listItem } from '../views/lists/list-item.js';
import { quickDebug } from '../views/lists/quick-debug.js';
import { stats } from '../views/stats/stats.js';
import { eventDetail } from '../views/events/event-detail.js';
import { queryErrorGroups, queryInsights } from './overview.query.js';
import { queryHealth } from './health.query.js';
import { findRelatedTraces } from './find-related-traces.js';
import { findTrace, noTrace } from './find-trace.js';
import { findLinks } from './find-links.js';
import { findRelated } from './find-related.js';
import { findLastOk } from './last-ok.js';
import { listMatching } from './search/list-matching.js';
import { parseSearch } from './search/search-grammar.js';
import { findSourceLines } from './source-maps/source-lines.js';
import { resolveRange } from './time-range.js';
import { StreamHub } from './stream/stream-hub.js';
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

export interface TraceQueryServiceOptions {
  store: TraceReader & TraceFeed & TraceAdmin;
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
  /** What else is less than well, as sentences for health. Default: nothing. */
  problems?: () => readonly string[];
  /** A trace that took longer, in milliseconds, is called slow. Default: 5,000. */
  slowMs?: number;
  /** Where the application's own code is, for the source lines of errors. Default: the process's directory. */
  sourceRoot?: string;
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 500;
const RECENT_TRACES = 10;

/** The queries over a store: finds, and lets the views say what it found. */
export class TraceQueryService implements TraceQueries, OverviewQueries, CompareQueries, ValueQueries {
  private readonly store: TraceQueryServiceOptions['store'];
  private readonly types: EventTypes;
  private readonly zone: ZonedStamp;
  private readonly clock: Clock;
  private readonly hub: StreamHub;

  constructor(private readonly options: TraceQueryServiceOptions) {
    const { timeZone } = options;
    this.store = options.store;
    this.types = options.eventTypes ?? defineEventTypes();
    this.zone = timeZone instanceof ZonedStamp ? timeZone : new ZonedStamp(timeZone);
    this.clock = options.clock ?? new SystemClock();
    this.hub = new StreamHub(options.store);
  }

  health(): Promise<HealthResponse> {
    const { version, internalErrors, problems } = this.options;
    const now = this.clock.now();
    return queryHealth(this.store, { version, internalErrors: internalErrors?.() ?? 0, problems: problems?.(), now });
  }

  async traces({ limit = DEFAULT_LIMIT, before, since, until, ...filter }: TracesParams): Promise<TracesResponse> {
    const context = this.momentContext();
    const { now } = context;
    const range = resolveRange({ since, until }, context);
    const search = parseSearch({ ...filter, ...range }, context);
    const { heads, next, partial } = await listMatching(this.store, search, checkedLimit(limit), before, now);
    return {
      count: heads.length,
      traces: heads.map((head) => listItem(head, now)),
      next,
      ...(partial ? { partial } : {}),
    };
  }

  async trace(id: string): Promise<FullTraceResponse> {
    return this.withSource(await this.show(await this.find(id)));
  }

  async leanTrace(id: string, { maxValueBytes, maxEvents }: TraceLimits): Promise<FullTraceResponse> {
    const trace = await this.trace(id);
    const brief = maxEvents === undefined ? trace : limitEvents(trace, maxEvents);
    return maxValueBytes === undefined ? brief : elideValues(brief, maxValueBytes);
  }

  async event(id: string, seq: number): Promise<EventDetailResponse> {
    const stored = await this.find(id);
    const whole = eventDetail(assemble(stored), seq);
    if (whole) return whole;
    const { traceId, events } = stored.head;
    throw new TraceCollectorError(
      'EVENT_NOT_FOUND',
      `Trace ${traceId} has no event ${seq}. Its ${events} events are in the trace itself, each with its seq.`,
    );
  }

  async export(id: string): Promise<ExportResponse> {
    return exportTrace(await this.show(await this.find(id)));
  }

  async lastTrace(): Promise<FullTraceResponse> {
    const newest = await this.newest({}, () => true);
    if (!newest) throw new TraceCollectorError('NO_TRACES', 'There are no traces yet. Send a webhook first.');
    return this.withSource(await this.show(newest));
  }

  async lastError(): Promise<LastErrorResponse> {
    const newest = await this.newest({ withErrors: true }, isFailing);
    if (!newest) throw new TraceCollectorError('NO_ERRORS', 'No trace has an error.');
    return lastError(await this.withSource(await this.show(newest)));
  }

  async active(): Promise<ActiveResponse> {
    const { heads } = await this.store.list({ status: 'active' }, MAX_LIMIT);
    const traces = await this.load(heads);
    // One that ended between the two questions is active no more.
    return activeTraces(traces.filter(({ head }) => head.status === 'active').map(assemble), this.clock.now());
  }

  async stats(given: TimeRange): Promise<StatsResponse> {
    const range = resolveRange(given, this.momentContext());
    return stats(await this.store.sample(range), range);
  }

  async quickDebug(contact: string): Promise<QuickDebugResponse> {
    const contactId = recordedContact(contact);
    const heads = await this.headsOf(contactId, RECENT_TRACES);
    const [latest] = await this.load(heads);
    if (!latest) throw noContact(contactId);
    return quickDebug(contactId, heads, await this.show(latest), this.clock.now());
  }

  async contact(contact: string, limit = MAX_LIMIT): Promise<ContactResponse> {
    const contactId = recordedContact(contact);
    const traces = await this.load(await this.headsOf(contactId, checkedLimit(limit)));
    return contactTimeline(contactId, traces.map(assemble), this.types, this.zone, this.clock.now());
  }

  async conversation(
    contact: string,
    { limit = DEFAULT_LIMIT, before }: { limit?: number; before?: string } = {},
  ): Promise<ConversationResponse> {
    const contactId = recordedContact(contact);
    const { heads, next } = await this.store.list({ contactId }, checkedLimit(limit), before);
    if (heads.length === 0 && before === undefined) throw noContact(contactId);
    const turns = [];
    for (const stored of await this.load(heads)) {
      turns.unshift(
        conversationTurn(assemble(stored), await this.show(stored), this.types, this.clock.now(), contactId),
      );
    }
    return { contact_id: contactId, count: turns.length, turns, next };
  }

  async errorGroups(range: TimeRange): Promise<ErrorGroupsResponse> {
    const context = this.momentContext();
    return queryErrorGroups(this.store, resolveRange(range, context), context.now);
  }

  async insights(range: TimeRange): Promise<InsightsResponse> {
    return queryInsights(this.store, resolveRange(range, this.momentContext()));
  }

  async compare(a: string, b: string): Promise<CompareResponse> {
    const first = await this.find(a);
    if (b !== 'last-ok') return compareTraces(await this.show(first), await this.show(await this.find(b)));
    const { stored, chosenBy } = await findLastOk(this.store, first);
    return compareTraces(await this.show(first), await this.show(stored), chosenBy);
  }

  async pin(id: string, pinned: boolean): Promise<PinResponse> {
    const { traceId } = (await this.find(id)).head;
    // Taken away between the two questions.
    if (!(await this.store.pin(traceId, pinned))) throw noTrace(traceId);
    return { trace_id: traceId, pinned };
  }

  clear(options: { keepErrors: boolean }): Promise<{ removed: number }> {
    return this.store.clear(options);
  }

  eraseContact(contactId: string): Promise<{ removed: number }> {
    return this.store.eraseContact(recordedContact(contactId));
  }

  stream(params: StreamParams): AsyncIterable<StreamMessage> {
    const { contactId } = params;
    return this.hub.subscribe(contactId === undefined ? params : { ...params, contactId: recordedContact(contactId) });
  }

  private find(id: string): Promise<StoredTrace> {
    return findTrace(this.store, id, this.clock.now());
  }

  private momentContext(): MomentContext {
    return { now: this.clock.now(), zone: this.zone };
  }

  /** For somebody who looks at this one trace. */
  private async withSource(trace: FullTraceResponse): Promise<FullTraceResponse> {
    const source_lines = await findSourceLines(trace.errors, this.options.sourceRoot);
    return source_lines.length === 0 ? trace : { ...trace, source_lines };
  }

  private async show(stored: StoredTrace): Promise<FullTraceResponse> {
    const trace = assemble(stored);
    const [related, surroundings, links] = await Promise.all([
      findRelated(this.store, trace),
      findRelatedTraces(this.store, trace),
      findLinks(this.store, trace),
    ]);
    return fullTrace(trace, {
      types: this.types,
      zone: this.zone,
      now: this.clock.now(),
      slowMs: this.options.slowMs ?? 5_000,
      hints: this.options.hints ?? [],
      ...related,
      repliesSeen: surroundings.baseline?.replied,
      surroundings,
      links,
    });
  }

  /**
   * The newest trace that passes. The filter makes it one question; `passes` is asked again, for a store that does not
   * know the filter, and pages on until it holds.
   */
  private async newest(filter: TraceFilter, passes: (head: TraceHead) => boolean): Promise<StoredTrace | undefined> {
    let before: string | undefined;
    do {
      const { heads, next } = await this.store.list(filter, before === undefined ? 1 : MAX_LIMIT, before);
      for (const head of heads.filter(passes)) {
        const stored = await this.store.get(head.traceId);
        if (stored) return stored;
      }
      before = next ?? undefined;
    } while (before !== undefined);
    return undefined;
  }

  private async headsOf(contactId: string, limit: number): Promise<TraceHead[]> {
    const { heads } = await this.store.list({ contactId }, limit);
    if (heads.length === 0) throw noContact(contactId);
    return heads;
  }

  /** Traces that were pruned since they were listed are left out. */
  private async load(heads: readonly TraceHead[]): Promise<StoredTrace[]> {
    const loaded: StoredTrace[] = [];
    for (const { traceId } of heads) {
      const stored = await this.store.get(traceId);
      if (stored) loaded.push(stored);
    }
    return loaded;
  }
}

function checkedLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new TraceCollectorError('BAD_QUERY', `limit is ${limit}; give a whole number from 1 to ${MAX_LIMIT}.`);
}

/** The contact as capture records it; what it would not record is looked for as it is, and not found. */
function recordedContact(contactId: string): string {
  return contactIdOf(contactId) ?? contactId;
}

function noContact(contactId: string): TraceCollectorError {
  return new TraceCollectorError(
    'CONTACT_NOT_FOUND',
    `There are no traces of contact ${JSON.stringify(contactId)}. The list of traces shows the contacts there are.`,
  );
}
