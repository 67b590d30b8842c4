import { TraceCollectorError } from '../../model/errors.js';
import type { EventDetailResponse, ExportResponse, FullTraceResponse } from '../../contract/responses.js';
import type { TraceLimits } from '../../contract/trace-queries.js';
import { eventDetail } from '../../views/responses/event-detail.js';
import { assemble } from '../../views/trace/assemble.js';
import { elideValues } from '../../views/responses/elide-values.js';
import { exportTrace } from '../../views/responses/export.js';
import { limitEvents } from '../../views/responses/limit-events.js';
import { findTrace } from './find-trace.js';
import type { QueryContext } from '../query-context.js';
import { showTrace, withSource } from './show-trace.js';

export async function queryTrace(context: QueryContext, id: string): Promise<FullTraceResponse> {
  return withSource(context, await showTrace(context, await findTrace(context, id)));
}

export async function queryLeanTrace(
  context: QueryContext,
  id: string,
  { maxValueBytes, maxEvents }: TraceLimits,
): Promise<FullTraceResponse> {
  const trace = await queryTrace(context, id);
  const brief = maxEvents === undefined ? trace : limitEvents(trace, maxEvents);
  return maxValueBytes === undefined ? brief : elideValues(brief, maxValueBytes);
}

export async function queryExport(context: QueryContext, id: string): Promise<ExportResponse> {
  return exportTrace(await showTrace(context, await findTrace(context, id)));
}

export async function queryEvent(context: QueryContext, id: string, seq: number): Promise<EventDetailResponse> {
  const stored = await findTrace(context, id);
  const whole = eventDetail(assemble(stored), seq);
  if (whole) return whole;
  const { traceId, events } = stored.head;
  throw new TraceCollectorError(
    'EVENT_NOT_FOUND',
    `Trace ${traceId} has no event ${seq}. Its ${events} events are in the trace itself, each with its seq.`,
  );
}
