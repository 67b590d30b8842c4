import type { TraceListItem } from 'nestjs-trace-collector';

/**
 * What the server answers: types only, nothing of the library comes into the page. For the compiler the package is the
 * one file with the answers, since the rest of the library is written for another platform.
 */
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
} from 'nestjs-trace-collector';

export type TraceStatus = TraceListItem['status'];
