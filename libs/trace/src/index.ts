/**
 * The module, the functions and decorators for your code, and the types of options and answers.
 *
 * @module nestjs-trace-collector
 */
export { TraceModule } from './trace.module.js';
export { TraceService } from './trace.service.js';
export type { TraceModuleAsyncOptions, TraceModuleOptions, TraceOptionsFactory } from './trace.options.js';
export { TraceHealthIndicator, type TraceHealthOptions, type TraceHealthResult } from './trace-health.indicator.js';
export {
  alertTo,
  type AlertChannel,
  type ChannelOptions,
  type WebhookChannelOptions,
} from './alerts/channels/alert-to.js';
export { verifyAlertSignature } from './alerts/channels/signature.js';
export { alertWhen, type AlertRule } from './alerts/rules/alert-when.js';
export type { Alert, AlertCaptured, AlertContent, AlertRuleName } from './alerts/alert.js';
export type { AlertsOptions } from './alerts/alerts.options.js';
export type { OtlpOptions } from './otlp/otlp.options.js';
export type { OtlpContent } from './otel/export/content.js';
export type { CostAlertOptions } from './alerts/rules/cost.js';
export type { ErrorRateOptions } from './alerts/rules/error-rate.js';
export type { LostOptions } from './alerts/rules/lost.js';
export type { NewErrorOptions } from './alerts/rules/new-error.js';
export type { ShippingOptions } from './alerts/rules/shipping.js';
export type { SilentOptions } from './alerts/rules/silent.js';
export type { SlowOptions } from './alerts/rules/slow.js';
export type { CaptureModuleOptions } from './capture/capture.options.js';
export type { LifecycleModuleOptions } from './capture/capture.options.js';
export type { DebugModuleOptions } from './debug/debug.options.js';
export type { ByteSize } from './model/option-checks.js';
export type { Duration } from './model/time.js';
export type { RequestKey, RequestValue } from './context/request-value.js';
export type { RetentionOptions } from './maintenance/retention.options.js';
export type { CostOptions } from './catalog/pricing/cost.options.js';
export type { ModelPrices, PriceTable } from './model/price.js';
export type { SpoolOptions, StorageOptions } from './store/storage.options.js';
export type { ClickHouseTarget, PostgresTarget, SharedTarget } from './store/shared-target.js';

export { bindTrace, runInTrace, waitUntil } from './context/functions/run-in-trace.js';
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
} from './context/functions/trace-functions.js';
export type { TraceEvents, TraceEventData, TraceEventType } from './context/functions/trace-events.js';
export { startSpan, type StartSpanOptions, type TraceSpan } from './context/functions/start-span.js';
export {
  traceLogFields,
  traceTag,
  traceUsage,
  type TraceLogFields,
  type TraceUsageInput,
} from './context/functions/trace-details.js';
export { Traced } from './context/decorators/traced.decorator.js';
export { traced } from './context/functions/traced-function.js';
export { tracedFetch } from './context/functions/traced-fetch.js';
export type { TracedOptions } from './context/functions/traced-options.js';
export { NoTrace } from './context/decorators/no-trace.decorator.js';
export { TraceWebhook, type TraceWebhookOptions } from './context/decorators/trace-webhook.decorator.js';
export { CurrentTrace } from './context/decorators/current-trace.decorator.js';
export type { TraceCarrier, TraceContext, TraceStart } from './context/recorder.js';

export type { CapturedRequest, IgnoredErrorClass, IgnoreErrorRule, RouteRule } from './capture/capture.options.js';
export type { Dialect, WebhookMessage, WebhookRequest } from './capture/dialects/dialect.js';
export type { NoticeFields } from './model/record.js';
export type { LogLevel, LogsModuleOptions } from './capture/logs/logs.options.js';
export type {
  BodyCopy,
  MessagingDialect,
  ModelDialect,
  ModelRequest,
  ModelResponse,
  OutgoingDialect,
  OutgoingRequest,
  OutgoingResponse,
  OutgoingTarget,
  ProviderFailure,
  SentMessage,
} from './capture/outgoing/outgoing-dialect.js';
export type { HostRule, OutgoingModuleOptions } from './capture/outgoing/outgoing.options.js';
export type { ProviderRule } from './capture/providers/providers.options.js';
export type { Attributes, AttributeValue } from './model/attributes.js';
export type { ChatInput, ChatMessage, ChatOutput, ChatPart, ChatToolCall } from './model/chat.js';
export type { UsageFields } from './model/usage.js';
export type { Limits, RedactOptions } from './serialize/serializer.js';

export { SPAN_TYPES, TRACE_STATUSES, type SpanType, type TraceStatus } from './model/status.js';
export { ERROR_CODES, TraceCollectorError, type ErrorCode } from './model/errors.js';
export type { JsonBytes } from './model/json-bytes.js';
export type { JournalRecord, JsonText, Payload, RecordDraft, RecordSink, TraceRecord } from './model/record.js';
export type {
  FeedPosition,
  FeedRecord,
  HeadError,
  SamplePart,
  StoredTrace,
  TraceCounts,
  TraceFilter,
  TraceHead,
  TracePage,
  TraceSample,
  TraceUsage,
  UsageSums,
} from './model/trace.js';
export type { LineRange, RecordBatch, RecordConsumer } from './pipeline/record-consumer.js';
export type { Exclusions, TextExclusions, TextSearch, TraceSearch, TraceSort } from './model/trace-search.js';
export type { ErrorMark } from './model/error-mark.js';
export type { JournalHealth, OtlpHealth, ReceivedHealth, SharedHealth, StoreInstance } from './model/health.js';
export type {
  StoreCapability,
  TraceErrors,
  StoreHealth,
  TraceAdmin,
  TraceFeed,
  TraceReader,
  TraceStats,
  TraceStore,
} from './store/port.js';

export type { AlertClaim, SentAlert, SentAlerts } from './store/sent-alerts.js';
export type {
  AlertQueries,
  CompareQueries,
  MetricsQueries,
  OtlpQueries,
  OverviewQueries,
  StreamParams,
  Moment,
  TimeRange,
  TraceQueries,
  TracesParams,
} from './contract/trace-queries.js';
export type {
  ActiveResponse,
  AlertChannelDto,
  AlertRuleDto,
  AlertsResponse,
  AlertTestDto,
  AlertTestResponse,
  CallUsageDto,
  CompareResponse,
  ContactResponse,
  ConversationResponse,
  ConversationStep,
  ConversationTurn,
  ErrorDto,
  ErrorGroup,
  ErrorGroupsResponse,
  EraseResponse,
  EventDto,
  ExportResponse,
  OtlpResponse,
  FullTraceResponse,
  LinkDto,
  HealthResponse,
  InsightsResponse,
  InstanceDto,
  InstancesResponse,
  LastErrorResponse,
  OmittedValue,
  PinResponse,
  QuickDebugResponse,
  SentAlertDto,
  StatsResponse,
  StreamMessage,
  SummaryDto,
  TraceListItem,
  ToolTimes,
  TracesResponse,
  UsageDto,
  ValueStub,
  WebhookDto,
  EventDetailResponse,
} from './contract/responses.js';
export type { EventTypeDefinition } from './views/events/event-type.js';
export type { HintRule } from './views/hints/hints.js';
