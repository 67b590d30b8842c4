import type {
  ActiveResponse,
  CompareResponse,
  ContactResponse,
  ExportResponse,
  FullTraceResponse,
  HealthResponse,
  LastErrorResponse,
  QuickDebugResponse,
  StatsResponse,
  TracesResponse,
} from '../../contract/responses.js';

/** Every answer that is shown to people, by the name of its kind. */
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
  diff: CompareResponse;
}

export type AnswerKind = keyof AnswersByKind;

/** One row of the format × kind grid: a format knows every kind, or it does not compile. */
export type Format<Options> = {
  [Kind in AnswerKind]: (answer: AnswersByKind[Kind], options: Options) => string;
};

/** An export has no steps and no webhook; everything else is the same. */
export type RenderedTrace = ExportResponse & Partial<Omit<FullTraceResponse, keyof ExportResponse>>;
