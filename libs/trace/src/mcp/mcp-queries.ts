import type { CompareQueries, TraceQueries } from '../contract/trace-queries.js';

/** What the tools ask; nothing of it changes anything. */
export type McpQueries = Pick<TraceQueries, 'traces' | 'trace' | 'lastTrace' | 'lastError' | 'contact' | 'stats'> &
  CompareQueries;

/** Puts a question to whoever can answer it now: the application itself, or for `get-trace mcp` its server or directory. */
export type McpAsk = <T>(question: (queries: McpQueries) => Promise<T>) => Promise<T>;
