import type { AttributeValue } from '../../model/attributes.js';
import type { Micros, SpanId } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import type { OtelSpan } from '../otel-span.js';
import type { OtlpContent } from './content.js';
import type { RecordingProcess } from './resource.js';
import { spanIdOf, type TraceIds } from './span-ids.js';

/** How a trace becomes spans. */
export interface SpanOptions {
  readonly content: OtlpContent;
  /** Attributes of the process that the application sets. */
  readonly resource: Readonly<Record<string, AttributeValue>>;
  /** The process that recorded the trace. Absent: it is not known. */
  readonly process?: RecordingProcess;
}

/** What all spans of one trace share. */
export interface SpanFrame extends SpanOptions {
  readonly head: TraceHead;
  readonly ids: TraceIds;
  /** Fields of every span. */
  readonly shared: Pick<OtelSpan, 'traceId' | 'traceState' | 'scope' | 'resource' | 'links'>;
  readonly contact: Readonly<Record<string, string>>;
  /** End of spans that have none. */
  readonly endedAt: Micros;
}

/** The parent of a step: the span around it, else the webhook. */
export function parentOf(parent: SpanId | undefined, { ids }: SpanFrame): SpanId {
  return parent === undefined ? ids.root : spanIdOf(parent);
}
