import type { SpanId } from '../../model/record.js';

/** The caller's part of a trace, from the headers of W3C Trace Context. */
export interface TraceParent {
  /** 32 hex digits. */
  traceId: string;
  /** The caller's span. */
  parent: SpanId;
  /** Whether the caller records its part. */
  sampled: boolean;
  /** Vendors' data, as it came, at most 512 characters. */
  state: string | undefined;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const STATE_MEMBER =
  /^(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;
const MAX_STATE = 512;
const MAX_STATE_MEMBERS = 32;

/**
 * Reads the headers `traceparent` and `tracestate`; `undefined` where the first is not valid.
 * @see https://www.w3.org/TR/trace-context/
 */
export function readTraceParent(header: unknown, state?: unknown): TraceParent | undefined {
  if (typeof header !== 'string') return undefined;
  const match = TRACEPARENT.exec(header.trim());
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
  return { traceId, parent, sampled: (Number.parseInt(flags, 16) & 1) === 1, state: traceState(state) };
}

/** The members from the left that fit; `undefined` where one is not valid or a key comes twice. */
function traceState(header: unknown): string | undefined {
  if (typeof header !== 'string') return undefined;
  const members = header.split(',').flatMap((member) => member.trim() || []);
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))));
  if (members.length > MAX_STATE_MEMBERS || keys.size < members.length) return undefined;
  if (!members.every((member) => STATE_MEMBER.test(member))) return undefined;
  while (members.join(',').length > MAX_STATE) members.pop();
  return members.length === 0 ? undefined : members.join(',');
}

/** A `traceparent` of version 00 that is sampled. */
export function formatTraceparent(traceId: string, spanId: SpanId): string {
  return `00-${traceId}-${spanId}-01`;
}
