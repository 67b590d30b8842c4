import type { TraceListItem } from 'nestjs-trace-collector';

/**
 * What the server answers: types only, nothing of the library comes into the page. For the compiler the package is the
 * one file with the answers, since the rest of the library is written for another platform.
 */
export type {
  CompareAnswer,
  ContactAnswer,
  ConversationAnswer,
  ConversationTurn,
  ErrorAnswer,
  ErrorGroup,
  ErrorGroupsAnswer,
  EventAnswer,
  ExportAnswer,
  FullTraceAnswer,
  HealthAnswer,
  InsightsAnswer,
  LinkAnswer,
  OmittedValue,
  SourceLineAnswer,
  StatsAnswer,
  StepDifference,
  StreamMessage,
  TraceListItem,
  TracesAnswer,
  ValueStub,
  WholeEventAnswer,
} from 'nestjs-trace-collector';

export type TraceStatus = TraceListItem['status'];
