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

export type TraceStatus = (typeof TRACE_STATUSES)[number];

/** The statuses that count as failed, in every count, filter and sort. `cancelled` is none: the client left. */
export const FAILED_STATUSES = ['error', 'timeout', 'interrupted', 'silent'] as const satisfies readonly TraceStatus[];

export function hasFailed(status: TraceStatus): boolean {
  return (FAILED_STATUSES as readonly TraceStatus[]).includes(status);
}

/** What kind of work a span is. `node` is any step that is none of the others. */
export const SPAN_KINDS = ['agent', 'tool', 'llm', 'retriever', 'node'] as const;

export type SpanKind = (typeof SPAN_KINDS)[number];
