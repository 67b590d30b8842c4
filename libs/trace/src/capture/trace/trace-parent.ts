import type { SpanId } from '../../model/record.js';
import { withoutBlanks } from './header-blanks.js';
import { readTraceState } from './trace-state.js';

/** The caller's part of a trace, from the headers of W3C Trace Context. */
export interface TraceParent {
  /** 32 hex digits. */
  traceId: string;
  /** The caller's span. Absent: only its trace is known. */
  parent?: SpanId;
  /** The flags that are continued: `FLAG_SAMPLED` and `FLAG_RANDOM`. */
  flags: number;
  /** Vendors' data, at most 512 characters. */
  state: string | undefined;
}

/** The caller records its part. */
export const FLAG_SAMPLED = 1;
/** The right half of the trace id is random. */
const FLAG_RANDOM = 2;

/** Of later versions, the fields that are known. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Reads the headers `traceparent` and `tracestate`; `undefined` where the first is not valid. Node joins several headers of
 * the name, which is no valid `traceparent`.
 * @see https://www.w3.org/TR/trace-context-2/
 */
export function readTraceParent(header: unknown, state?: unknown): TraceParent | undefined {
  if (typeof header !== 'string') return undefined;
  const match = TRACEPARENT.exec(withoutBlanks(header));
  if (!match) return undefined;
  const [, version, traceId, parent, flags, rest] = match as unknown as [
    string,
    string,
    string,
    SpanId,
    string,
    string?,
  ];
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parent)) return undefined;
  return {
    traceId,
    parent,
    flags: Number.parseInt(flags, 16) & (FLAG_SAMPLED | FLAG_RANDOM),
    state: readTraceState(state),
  };
}

/** A `traceparent` of version 00. */
export function formatTraceparent(traceId: string, spanId: SpanId, flags = FLAG_SAMPLED): string {
  return `00-${traceId}-${spanId}-0${flags}`;
}
