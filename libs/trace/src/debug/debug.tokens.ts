/** Injects the `TraceQueries` that answer all debug routes. */
export const TRACE_QUERIES = Symbol('TRACE_QUERIES');

/** Injects `ResolvedDebugOptions`. */
export const DEBUG_OPTIONS = Symbol('DEBUG_OPTIONS');
