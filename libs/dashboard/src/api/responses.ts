import type { TraceListItem } from '../../../trace/src/contract/responses.js';

/** The responses of the server that the page shows. */
export type {
  CallerDto,
  CallUsageDto,
  CompareResponse,
  ContactResponse,
  ConversationResponse,
  ConversationTurn,
  ErrorDto,
  ErrorGroup,
  ErrorGroupsResponse,
  EventDto,
  ExportResponse,
  FullTraceResponse,
  HealthResponse,
  InsightsResponse,
  InstanceDto,
  InstancesResponse,
  LinkDto,
  OmittedValue,
  RefusedReply,
  SourceLineDto,
  StatsResponse,
  StepDifference,
  StepStats,
  StreamMessage,
  TraceListItem,
  TracesResponse,
  UsageDto,
  ValueStub,
  EventDetailResponse,
} from '../../../trace/src/contract/responses.js';

export type TraceStatus = TraceListItem['status'];
