import type { Micros } from '../../model/record.js';
import { isFailing } from '../../model/status.js';
import type { TraceHead } from '../../model/trace.js';
import type { FullTraceResponse, QuickDebugResponse } from '../../contract/responses.js';
import { exportCommand } from './export.js';
import { listItem } from '../trace/list-item.js';

/** First look at a contact: its newest traces, the latest one in detail, and the commands that export it and the failed ones. */
export function quickDebug(
  contactId: string,
  newestFirst: readonly TraceHead[],
  latest: FullTraceResponse,
  now: Micros,
): QuickDebugResponse {
  const { trace_id, status, timeline, errors, summary, debug_hints, links } = latest;
  const failed = newestFirst.filter((head) => isFailing(head)).map((head) => head.traceId);
  return {
    contact_id: contactId,
    recent_traces: newestFirst.map((head) => listItem(head, now)),
    latest_trace: { trace_id, status, timeline, errors, summary, debug_hints, ...(links && { links }) },
    export_commands: [...new Set([trace_id, ...failed])].map(exportCommand),
  };
}
