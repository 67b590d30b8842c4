/** The life of a trace, as one word. The rules are in the reducer (`trace.reducer.ts`) and in capture's lifecycle. */
export const TRACE_STATUSES = [
  'active',
  'completed',
  'error',
  'silent',
  'timeout',
  'interrupted',
  'cancelled',
] as const;

/** Status of a trace: one of `TRACE_STATUSES`. */
export type TraceStatus = (typeof TRACE_STATUSES)[number];

/** The statuses that count as failed in every count, filter and sort. `cancelled` is not failed: the client left. */
export const FAILED_STATUSES = ['error', 'timeout', 'interrupted', 'silent'] as const satisfies readonly TraceStatus[];

export function hasFailed(status: TraceStatus): boolean {
  return (FAILED_STATUSES as readonly TraceStatus[]).includes(status);
}

/** Whether a list of failed traces has this one: it has failed, or it has an error and still runs. */
export function isFailing({ status, errors }: { status: TraceStatus; errors: number }): boolean {
  return errors > 0 || hasFailed(status);
}

/** The words of a filter by status. `failed` is all of `FAILED_STATUSES`. */
export const STATUS_WORDS = [...TRACE_STATUSES, 'failed'] as const;

/** The allowed filters by status, for error messages and help. */
export const STATUS_FILTER_HELP = `one of ${STATUS_WORDS.join(', ')}, or several with commas between them (error,timeout)`;

/**
 * The statuses that a filter names, each once; `undefined`: a word in it is no status.
 * @example
 * parseStatuses('error,timeout'); // ['error', 'timeout']
 * parseStatuses('failed');        // ['error', 'timeout', 'interrupted', 'silent']
 */
export function parseStatuses(text: string): TraceStatus[] | undefined {
  const statuses = new Set<TraceStatus>();
  for (const part of text.split(',')) {
    const word = part.trim().toLowerCase();
    if (word === 'failed') for (const status of FAILED_STATUSES) statuses.add(status);
    else if (isStatus(word)) statuses.add(word);
    else return undefined;
  }
  return [...statuses];
}

/** A filter by status as a list; `undefined`: every status passes. */
export function statusList(
  filter: TraceStatus | readonly TraceStatus[] | undefined,
): readonly TraceStatus[] | undefined {
  return typeof filter === 'string' ? [filter] : filter;
}

function isStatus(word: string): word is TraceStatus {
  return (TRACE_STATUSES as readonly string[]).includes(word);
}

/** The types of spans. `step` is work of no other type. */
export const SPAN_TYPES = ['agent', 'tool', 'llm', 'retriever', 'step', 'http', 'db'] as const;

/** The type of work that a span is. */
export type SpanType = (typeof SPAN_TYPES)[number];

/** The older name of `step`, in format 1 of the journal and in `@Traced({ kind: 'node' })`. */
export const STEP_ALIAS = 'node';

/** The span type of a text, `node` included; `undefined`: it is none. */
export function spanTypeOf(text: unknown): SpanType | undefined {
  return text === STEP_ALIAS ? 'step' : SPAN_TYPES.find((type) => type === text);
}
