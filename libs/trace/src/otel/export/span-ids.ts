import { sha256 } from '../../model/hash.js';
import type { SpanId } from '../../model/record.js';
import type { TraceHead } from '../../model/trace.js';
import type { OtlpContent } from './content.js';

/** The ids under which a trace is known outside. */
export interface TraceIds {
  /** 32 hex digits. */
  readonly trace: string;
  /** Span of the webhook. */
  readonly root: SpanId;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-/;
const SPAN = /^[0-9a-f]{16}$/;
const SPAN_BYTES = 8;
const TRACE_BYTES = 16;
/** The contact of a trace that has none. */
const NO_CONTACT = 'unknown';

/** The W3C ids of a trace. A journal of an early version may have none: then they follow from its key. */
export function traceIdsOf({ traceparent, key }: Pick<TraceHead, 'traceparent' | 'key'>): TraceIds {
  const match = TRACEPARENT.exec(traceparent);
  if (match) return { trace: match[1]!, root: match[2]! };
  const hash = sha256(key);
  const root = hash.toString('hex', TRACE_BYTES, TRACE_BYTES + SPAN_BYTES);
  return { trace: hash.toString('hex', 0, TRACE_BYTES), root };
}

/** An id of a span as 16 hex digits. */
export function spanIdOf(id: SpanId): SpanId {
  return SPAN.test(id) ? id : sha256(id).toString('hex', 0, SPAN_BYTES);
}

/**
 * Who the trace is about, on every span: receivers filter by `user.id` and group by `session.id`. Without content both are a hash,
 * because a contact is often a telephone number.
 */
export function contactAttributes({ contactId }: TraceHead, content: OtlpContent): Record<string, string> {
  if (contactId === NO_CONTACT) return {};
  const id = content === 'full' ? contactId : sha256(contactId).toString('hex', 0, SPAN_BYTES);
  return { 'user.id': id, 'session.id': id };
}
