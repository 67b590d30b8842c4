import type { ExportResponse, FullTraceResponse } from '../../contract/responses.js';
import { traceCommand } from '../text/trace-command.js';

/** A trace to share: exactly the keys of the guide's example, and `instance`, `errors` and `links` if there are any. */
export function exportTrace(trace: FullTraceResponse): ExportResponse {
  const {
    trace_id,
    contact_id,
    duration_ms,
    status,
    webhook_message,
    timeline,
    summary,
    debug_hints,
    errors,
    links,
    instance,
  } = trace;
  return {
    trace_id,
    contact_id,
    duration_ms,
    status,
    webhook_message,
    timeline,
    summary,
    debug_hints,
    ...(instance !== undefined && { instance }),
    ...(errors.length > 0 && { errors }),
    ...(links && { links }),
  };
}

/** The command that writes a trace's export into a file. */
export function exportCommand(traceId: string): string {
  return `${traceCommand(traceId, '--export')} > trace.json`;
}
