import { PARAMETERS } from './parameters.js';
import { get, post, put, question, remove } from './question.js';
import type { Question } from './question.js';
import { tracesParams } from './traces-params.js';
import type { ErrorGroupState, ValueKind } from './responses.js';
import type {
  ErrorGroupsParams,
  FindingsParams,
  StreamParams,
  TimeRange,
  TraceLimits,
  TracesParams,
} from './trace-queries.js';

const { id, seq, limit, turns, before, since, until } = PARAMETERS;
const range = { since, until };
const contact = {
  contact_id: { ...PARAMETERS.contact_id, help: 'Contact id, as the webhook contains it', required: true },
} as const;
const none = {};
const nothing = () => ({});
const compared = (more = '') => ({ ...id, allowed: `a trace id or the beginning of one${more}` }) as const;

/** Filters, order and page of a list of traces. */
const filters = {
  before,
  sort: PARAMETERS.sort,
  contact_id: PARAMETERS.contact_id,
  status: PARAMETERS.status,
  q: PARAMETERS.q,
  since,
  until,
  min_duration_ms: PARAMETERS.min_duration_ms,
  agent: PARAMETERS.agent,
  tool: PARAMETERS.tool,
  model: PARAMETERS.model,
  host: PARAMETERS.host,
  log: PARAMETERS.log,
  tag: PARAMETERS.tag,
  instance: PARAMETERS.instance,
  fingerprint: PARAMETERS.fingerprint,
  min_cost_usd: PARAMETERS.min_cost_usd,
  max_cost_usd: PARAMETERS.max_cost_usd,
  min_tokens: PARAMETERS.min_tokens,
  max_tokens: PARAMETERS.max_tokens_used,
} as const;

/** The filters of a call, under the names of the parameters. */
function askedFilters({ contactId, minDurationMs, status, ...rest }: TracesParams) {
  return {
    limit: rest.limit,
    before: rest.before,
    sort: rest.sort,
    contact_id: contactId,
    status: typeof status === 'string' ? [status] : status,
    q: rest.q,
    since: rest.since,
    until: rest.until,
    min_duration_ms: minDurationMs,
    agent: rest.agent,
    tool: rest.tool,
    model: rest.model,
    host: rest.host,
    log: rest.log,
    tag: rest.tag,
    instance: rest.instance,
    fingerprint: rest.fingerprint,
    min_cost_usd: rest.minCostUsd,
    max_cost_usd: rest.maxCostUsd,
    min_tokens: rest.minTokens,
    max_tokens: rest.maxTokens,
  };
}

/**
 * The table of questions. REST, the command line, MCP, the page and the test of the documents read it. A new question
 * is a method of `TraceQueryService`, a row here, and what each surface shows.
 */
export const QUESTIONS = {
  health: question({
    ...get('health'),
    parameters: none,
    key: 'total_traces',
    cli: 'health',
    asked: nothing,
    ask: (queries) => queries.health(),
  }),
  traces: question({
    ...get('traces'),
    parameters: { limit: { ...limit, default: 20 }, ...filters },
    key: 'traces',
    cli: 'list',
    asked: askedFilters,
    ask: (queries, given) => queries.traces(tracesParams(given)),
  }),
  findings: question({
    ...get('findings'),
    parameters: {
      limit: { ...limit, max: 100, allowed: 'a whole number from 1 to 100', default: 20 },
      only: PARAMETERS.only,
      ...filters,
    },
    key: 'examined',
    mcp: 'find_traces',
    asked: ({ only, ...given }: FindingsParams) => ({ only, ...askedFilters(given) }),
    ask: (queries, { limit: number, only, ...given }) =>
      queries.findings({ ...tracesParams(given), limit: number, only }),
  }),
  trace: question({
    ...get('trace/:id', 'traces/:id'),
    parameters: { id, max_value_bytes: PARAMETERS.max_value_bytes, max_events: PARAMETERS.max_events },
    key: 'trace_id',
    cli: 'trace',
    mcp: 'get_trace',
    asked: (traceId: string, limits: TraceLimits = {}) => ({
      id: traceId,
      max_value_bytes: limits.maxValueBytes,
      max_events: limits.maxEvents,
    }),
    ask: (queries, { id: traceId, max_value_bytes: maxValueBytes, max_events: maxEvents }) =>
      maxValueBytes === undefined && maxEvents === undefined
        ? queries.trace(traceId)
        : queries.leanTrace(traceId, { maxValueBytes, maxEvents }),
  }),
  event: question({
    ...get('trace/:id/events/:seq', 'traces/:id/events/:seq'),
    parameters: { id, seq },
    key: 'event',
    asked: (traceId: string, number: number) => ({ id: traceId, seq: number }),
    ask: (queries, given) => queries.event(given.id, given.seq),
  }),
  export: question({
    ...get('trace/:id/export', 'traces/:id/export'),
    parameters: { id, format: { ...PARAMETERS.format, default: 'json' }, max_tokens: PARAMETERS.max_tokens },
    form: 'file',
    key: 'trace_id',
    cli: 'trace',
    asked: (traceId: string) => ({ id: traceId }),
    ask: (queries, given) => queries.export(given.id),
  }),
  otlp: question({
    ...get('trace/:id/otlp', 'traces/:id/otlp'),
    parameters: { id },
    key: 'resourceSpans',
    cli: 'export',
    asked: (traceId: string) => ({ id: traceId }),
    ask: (queries, given) => queries.otlp(given.id),
  }),
  lastTrace: question({
    ...get('last-trace'),
    parameters: none,
    key: 'trace_id',
    cli: 'last',
    mcp: 'get_trace',
    asked: nothing,
    ask: (queries) => queries.lastTrace(),
  }),
  lastError: question({
    ...get('last-error'),
    parameters: none,
    key: 'trace_id',
    cli: 'error',
    mcp: 'last_error',
    asked: nothing,
    ask: (queries) => queries.lastError(),
  }),
  active: question({
    ...get('active'),
    parameters: none,
    key: 'traces',
    cli: 'active',
    asked: nothing,
    ask: (queries) => queries.active(),
  }),
  instances: question({
    ...get('instances'),
    parameters: none,
    key: 'instances',
    cli: 'instances',
    asked: nothing,
    ask: (queries) => queries.instances(),
  }),
  stats: question({
    ...get('stats'),
    parameters: range,
    key: 'total_traces',
    cli: 'stats',
    mcp: 'stats',
    asked: (given: TimeRange) => given,
    ask: (queries, given) => queries.stats(given),
  }),
  insights: question({
    ...get('insights'),
    parameters: range,
    key: 'heatmap',
    asked: (given: TimeRange) => given,
    ask: (queries, given) => queries.insights(given),
  }),
  errorGroups: question({
    ...get('errors'),
    parameters: { ...range, q: PARAMETERS.group, state: PARAMETERS.error_state },
    key: 'groups',
    cli: 'errors',
    asked: (given: ErrorGroupsParams) => given,
    ask: (queries, given) => queries.errorGroups(given),
  }),
  setErrorState: question({
    ...put('errors/:fingerprint'),
    parameters: {
      fingerprint: { ...PARAMETERS.fingerprint, help: 'Fingerprint of the error group', required: true },
      state: { ...PARAMETERS.error_state, required: true },
    },
    key: 'fingerprint',
    cli: 'errors',
    asked: (fingerprint: string, state: ErrorGroupState) => ({ fingerprint, state }),
    ask: (queries, { fingerprint, state }) => queries.setErrorState(fingerprint, state),
  }),
  values: question({
    ...get('values'),
    parameters: { of: PARAMETERS.values_of, prefix: PARAMETERS.prefix },
    key: 'values',
    asked: (of: ValueKind, prefix?: string) => ({ of, prefix }),
    ask: (queries, { of, prefix }) => queries.values(of, prefix),
  }),
  compare: question({
    ...get('compare'),
    parameters: { a: compared(), b: compared(', or last-ok') },
    key: 'chosen_by',
    cli: 'diff',
    mcp: 'diff_traces',
    asked: (a: string, b: string) => ({ a, b }),
    ask: (queries, { a, b }) => queries.compare(a, b),
  }),
  stream: question({
    ...get('stream'),
    parameters: {
      contact_id: PARAMETERS.contact_id,
      status: PARAMETERS.status,
      trace_id: { type: 'trace_id', allowed: id.allowed, help: 'Only this trace' },
      after: PARAMETERS.after,
    },
    form: 'stream',
    key: 'id',
    cli: 'watch',
    asked: ({ contactId, status, traceId, after }: StreamParams) => ({
      contact_id: contactId,
      status: typeof status === 'string' ? [status] : status,
      trace_id: traceId,
      after,
    }),
    ask: () => Promise.reject(new TypeError('a stream is no answer')),
  }),
  quickDebug: question({
    ...get('quick-debug/:contact', 'quick-debug'),
    parameters: contact,
    key: 'contact_id',
    cli: 'debug',
    asked: (contactId: string) => ({ contact_id: contactId }),
    ask: (queries, { contact_id }) => queries.quickDebug(contact_id),
  }),
  contact: question({
    ...get('contacts/:contact', 'contacts'),
    parameters: { ...contact, limit },
    key: 'contact_id',
    cli: 'contact',
    mcp: 'contact_timeline',
    asked: (contactId: string, number?: number) => ({ contact_id: contactId, limit: number }),
    ask: (queries, given) => queries.contact(given.contact_id, given.limit),
  }),
  conversation: question({
    ...get('contacts/:contact/conversation', 'conversation'),
    parameters: { ...contact, limit: { ...turns, default: 20 }, before },
    key: 'turns',
    asked: (contactId: string, options: { limit?: number; before?: string } = {}) => ({
      contact_id: contactId,
      ...options,
    }),
    ask: (queries, { contact_id, ...given }) => queries.conversation(contact_id, given),
  }),
  eraseContact: question({
    ...remove('contacts/:contact', 'contacts'),
    parameters: { ...contact, scrub: { ...PARAMETERS.scrub, default: false } },
    key: 'removed',
    cli: 'forget',
    // A database rewrites a day of 100,000 traces in about 10 s.
    mayTakeMs: 1_800_000,
    asked: (contactId: string, { scrub }: { scrub?: boolean } = {}) => ({
      contact_id: contactId,
      scrub: scrub || undefined,
    }),
    ask: (queries, { contact_id, scrub }) => queries.eraseContact(contact_id, { scrub }),
  }),
  pin: question({
    ...put('trace/:id/pin', 'traces/:id/pin'),
    parameters: { id },
    key: 'pinned',
    cli: 'pin',
    asked: (traceId: string) => ({ id: traceId }),
    ask: (queries, given) => queries.pin(given.id, true),
  }),
  unpin: question({
    ...remove('trace/:id/pin', 'traces/:id/pin'),
    parameters: { id },
    key: 'pinned',
    cli: 'unpin',
    asked: (traceId: string) => ({ id: traceId }),
    ask: (queries, given) => queries.pin(given.id, false),
  }),
  alerts: question({
    ...get('alerts'),
    parameters: none,
    key: 'enabled',
    cli: 'alerts',
    asked: nothing,
    ask: (queries) => queries.alerts(),
  }),
  testAlerts: question({
    ...post('alerts/test'),
    parameters: none,
    key: 'results',
    cli: 'alerts',
    // A channel has 5 s.
    mayTakeMs: 30_000,
    asked: nothing,
    ask: (queries) => queries.testAlerts(),
  }),
  metrics: question({
    ...get('metrics'),
    parameters: none,
    form: 'file',
    key: 'text',
    asked: nothing,
    ask: (queries) => queries.metrics(),
  }),
  clear: question({
    ...post('clear'),
    parameters: { keep_errors: { ...PARAMETERS.keep_errors, default: false } },
    key: 'removed',
    cli: 'clear',
    asked: ({ keepErrors }: { keepErrors: boolean }) => ({ keep_errors: keepErrors || undefined }),
    ask: (queries, { keep_errors }) => queries.clear({ keepErrors: keep_errors }),
  }),
};

export type QuestionName = keyof typeof QUESTIONS;

/** The response to a question. */
export type AnswerTo<Name extends QuestionName> =
  (typeof QUESTIONS)[Name] extends Question<infer _P, infer Answer, infer _A> ? Answer : never;
