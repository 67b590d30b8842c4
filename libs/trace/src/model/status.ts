/** The life of a trace, as one word. The rules are in the reducer (`trace.reducer.ts`) and in capture's lifecycle. */
export const TRACE_STATUSES = ['active', 'completed', 'error', 'silent', 'timeout', 'interrupted'] as const;

export type TraceStatus = (typeof TRACE_STATUSES)[number];

/** What kind of work a span is. `node` is any step that is none of the others. */
export const SPAN_KINDS = ['agent', 'tool', 'llm', 'retriever', 'node'] as const;

export type SpanKind = (typeof SPAN_KINDS)[number];
