import type { TraceStatus } from '../../../libs/trace/src/model/status.js';

/** Options that several commands share. Times are microseconds since the epoch. */
export interface ExportOptions {
  export?: boolean;
}

export interface RangeOptions {
  since?: number;
  until?: number;
}

export interface ListOptions {
  status?: readonly TraceStatus[];
  contact?: string;
  since?: number;
  limit?: number;
  query?: string;
  before?: string;
}

export const EXPORT_OPTION = {
  flags: '--export',
  description: 'only what is worth sharing: the timeline, the summary, the hints and the errors, as JSON',
} as const;
