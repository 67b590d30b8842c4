import type { Moment } from '../../../libs/trace/src/contract/trace-queries.js';
import type { TraceStatus } from '../../../libs/trace/src/model/status.js';

/** Options that several commands share. */
export interface ExportOptions {
  export?: boolean;
}

export interface RangeOptions {
  since?: Moment;
  until?: Moment;
}

export interface ListOptions {
  status?: readonly TraceStatus[];
  contact?: string;
  since?: Moment;
  limit?: number;
  query?: string;
  before?: string;
}

export const EXPORT_OPTION = {
  flags: '--export',
  description: 'only what is worth sharing: the timeline, the summary, the hints and the errors, as JSON',
} as const;
