import type {
  ActiveResponse,
  CompareResponse,
  ContactResponse,
  ErrorGroupsResponse,
  ExportResponse,
  FullTraceResponse,
  HealthResponse,
  InstancesResponse,
  LastErrorResponse,
  QuickDebugResponse,
  StatsResponse,
  TracesResponse,
} from '../../contract/responses.js';

/** Every response that has a format for people, by the name of its kind. */
export interface AnswersByKind {
  list: TracesResponse;
  trace: FullTraceResponse;
  error: LastErrorResponse;
  export: ExportResponse;
  contact: ContactResponse;
  debug: QuickDebugResponse;
  active: ActiveResponse;
  stats: StatsResponse;
  health: HealthResponse;
  errors: ErrorGroupsResponse;
  instances: InstancesResponse;
  diff: CompareResponse;
}

export type AnswerKind = keyof AnswersByKind;

/** The functions of one format, one for every kind. A format that lacks a kind does not compile. */
export type Format<Options> = {
  [Kind in AnswerKind]: (answer: AnswersByKind[Kind], options: Options) => string;
};

/** A full trace or an export, which has no events and no webhook. */
export type RenderedTrace = ExportResponse & Partial<Omit<FullTraceResponse, keyof ExportResponse>>;
