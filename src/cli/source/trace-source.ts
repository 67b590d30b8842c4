import type { CompareQueries, TraceQueries } from '../../../libs/trace/src/contract/trace-queries.js';

/** What commands ask; `watch` follows the two kinds of source in its own ways. */
export type TraceSource = Omit<TraceQueries, 'stream'> & CompareQueries;
