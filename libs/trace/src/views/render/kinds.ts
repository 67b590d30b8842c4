import type {
  ActiveAnswer,
  CompareAnswer,
  ContactAnswer,
  ExportAnswer,
  FullTraceAnswer,
  HealthAnswer,
  LastErrorAnswer,
  QuickDebugAnswer,
  StatsAnswer,
  TracesAnswer,
} from '../answers.js';

/** Every answer that is shown to people, by the name of its kind. */
export interface AnswersByKind {
  list: TracesAnswer;
  trace: FullTraceAnswer;
  error: LastErrorAnswer;
  export: ExportAnswer;
  contact: ContactAnswer;
  debug: QuickDebugAnswer;
  active: ActiveAnswer;
  stats: StatsAnswer;
  health: HealthAnswer;
  diff: CompareAnswer;
}

export type AnswerKind = keyof AnswersByKind;

/** One row of the format × kind grid: a format knows every kind, or it does not compile. */
export type Format<Options> = {
  [Kind in AnswerKind]: (answer: AnswersByKind[Kind], options: Options) => string;
};
