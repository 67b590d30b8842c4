export { TraceModule } from './trace.module.js';
export { TraceService } from './trace.service.js';
export type {
  CaptureModuleOptions,
  DebugModuleOptions,
  LifecycleModuleOptions,
  RetentionOptions,
  StorageOptions,
  TraceModuleAsyncOptions,
  TraceModuleOptions,
  TraceOptionsFactory,
} from './trace.options.js';

export { bindTrace, runInTrace, waitUntil } from './context/run-in-trace.js';
export {
  currentTrace,
  traceCarrier,
  traceContact,
  traceError,
  traceEvent,
  traceReply,
  traceRoute,
  type TraceEventOptions,
  type TraceReplyOptions,
  type TraceRouteOptions,
} from './context/trace-functions.js';
export { Traced } from './context/traced.decorator.js';
export { traced } from './context/traced-function.js';
export type { TracedOptions } from './context/traced-options.js';
export { NoTrace } from './context/no-trace.decorator.js';
export { TraceWebhook, type TraceWebhookOptions } from './context/trace-webhook.decorator.js';
export { CurrentTrace } from './context/current-trace.decorator.js';
export type { TraceCarrier, TraceContext, TraceStart } from './context/recorder.js';

export type { IgnoredErrorClass, IgnoreErrorRule } from './capture/ignore-errors.js';
export type { CapturedRequest, RouteRule } from './capture/capture.options.js';
export type { Dialect, WebhookMessage, WebhookRequest } from './capture/dialects/dialect.js';
export type { NoticeFields } from './model/record.js';
export type { Limits } from './capture/serialize/limits.js';
export type { RedactOptions } from './capture/serialize/redaction.js';

export { SPAN_KINDS, TRACE_STATUSES, type SpanKind, type TraceStatus } from './model/status.js';
export { ERROR_CODES, TraceCollectorError, type ErrorCode } from './model/errors.js';
export type { JsonBytes } from './model/json-bytes.js';
export type { JournalRecord, JsonText, Payload, RecordDraft, RecordSink, TraceRecord } from './model/record.js';
export type {
  FeedPosition,
  FeedRecord,
  StoredTrace,
  TraceCounts,
  TraceFilter,
  TraceHead,
  TracePage,
  TraceSample,
} from './model/trace.js';
export type { StoreHealth, TraceFeed, TracePruner, TraceReader, TraceStore } from './store/port.js';

export type {
  CompareQueries,
  OverviewQueries,
  StreamParams,
  Moment,
  TimeRange,
  TraceQueries,
  TracesParams,
} from './query/trace-queries.js';
export type {
  ActiveAnswer,
  CompareAnswer,
  ContactAnswer,
  ConversationAnswer,
  ConversationStep,
  ConversationTurn,
  ErrorAnswer,
  ErrorGroup,
  ErrorGroupsAnswer,
  EventAnswer,
  ExportAnswer,
  FullTraceAnswer,
  LinkAnswer,
  HealthAnswer,
  InsightsAnswer,
  LastErrorAnswer,
  OmittedValue,
  PinAnswer,
  QuickDebugAnswer,
  StatsAnswer,
  StreamMessage,
  SummaryAnswer,
  TraceListItem,
  ToolTimes,
  TracesAnswer,
  ValueStub,
  WebhookAnswer,
  WholeEventAnswer,
} from './views/answers.js';
export type { EventTypeDefinition } from './views/event-types.js';
export type { HintRule } from './views/hints.js';
