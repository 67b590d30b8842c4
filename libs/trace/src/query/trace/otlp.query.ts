import type { OtlpResponse } from '../../contract/responses.js';
import { traceSpans } from '../../otel/export/trace-spans.js';
import { otlpRequest } from '../../otel/wire/write-json.js';
import type { QueryContext } from '../query-context.js';
import { findTrace } from './find-trace.js';

/** A trace as the spans that a backend of OpenTelemetry takes. */
export async function queryOtlp(context: QueryContext, id: string): Promise<OtlpResponse> {
  const stored = await findTrace(context, id);
  return otlpRequest(traceSpans(stored, { content: 'full', resource: context.resource }));
}
