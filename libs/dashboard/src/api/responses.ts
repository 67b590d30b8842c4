import type { TraceListItem } from '../../../trace/src/contract/responses.js';

/** The responses of the server that the page shows. */
export type {
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
  LinkDto,
  OmittedValue,
  SourceLineDto,
  StatsResponse,
  StepDifference,
  StreamMessage,
  TraceListItem,
  TracesResponse,
  ValueStub,
  EventDetailResponse,
} from '../../../trace/src/contract/responses.js';

export type TraceStatus = TraceListItem['status'];
