/** Injects the `TraceQueries` that answer all debug routes. */
export const TRACE_QUERIES = Symbol('TRACE_QUERIES');

/** Injects `ResolvedDebugOptions`. */
export const DEBUG_OPTIONS = Symbol('DEBUG_OPTIONS');

/** Injects a `SpanTaker` for the spans of other processes; a `NoSpanTaker` or `undefined` where nothing is recorded. */
export const SPAN_RECEIVER = Symbol('SPAN_RECEIVER');
