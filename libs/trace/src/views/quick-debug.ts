import type { TraceHead } from '../model/trace.js';
import type { FullTraceAnswer, QuickDebugAnswer } from './answers.js';
import { exportCommand } from './full-trace.js';
import { listItem } from './list-item.js';

/** The first look at a contact: its newest traces, the latest in full, and how to export it and those that failed. */
export function quickDebug(
  contactId: string,
  newestFirst: readonly TraceHead[],
  latest: FullTraceAnswer,
): QuickDebugAnswer {
  const { trace_id, status, timeline, errors, summary, debug_hints } = latest;
  const failed = newestFirst.filter((head) => head.errors > 0 || head.status === 'error').map((head) => head.traceId);
  return {
    contact_id: contactId,
    recent_traces: newestFirst.map(listItem),
    latest_trace: { trace_id, status, timeline, errors, summary, debug_hints },
    export_commands: [...new Set([trace_id, ...failed])].map(exportCommand),
  };
}
