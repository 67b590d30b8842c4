import type { Attributes } from '../../../trace/src/model/attributes.js';
import type { CallUsageDto, CallerDto, FullTraceResponse, LinkDto, SourceLineDto, UsageDto } from '../api/responses.js';
import { record } from './trace-log.js';

/** A file that the reader dropped: a full trace, or an export, which has a timeline but no events. */
export type ReadFile = { kind: 'trace'; trace: FullTraceResponse } | { kind: 'export'; value: Record<string, unknown> };

/** Throws an Error that names the expected content. */
export function readTraceFile(json: string): ReadFile {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error('This is not JSON. Drop what “Download” or npx nestjs-trace-collector last --export wrote.');
  }
  // `get-trace --json` adds the version of its schema to the response.
  const { trace_id, trace } = record(value);
  const inner = record(typeof trace_id === 'string' ? value : trace);
  if (typeof inner.trace_id !== 'string') throw new Error('This JSON has no trace_id: it is not a trace.');
  if (!Array.isArray(inner.events)) return { kind: 'export', value: inner };
  return { kind: 'trace', trace: completed(inner) };
}

const STATUSES = ['active', 'completed', 'error', 'silent', 'timeout', 'interrupted', 'cancelled'] as const;

const text = (of: unknown, otherwise: string) => (typeof of === 'string' ? of : otherwise);
const textOrNull = (of: unknown) => (typeof of === 'string' ? of : null);
const number = (of: unknown) => numberOrNull(of) ?? 0;
const numberOrNull = (of: unknown) => (typeof of === 'number' && Number.isFinite(of) ? of : null);

/** The file comes from an unknown author: every member that the page reads is checked for presence and type. */
function completed(value: Record<string, unknown>): FullTraceResponse {
  const webhook = record(value.webhook);
  const started = text(value.started_at, '1970-01-01T00:00:00.000Z');
  return {
    trace_id: String(value.trace_id),
    contact_id: text(value.contact_id, 'unknown'),
    duration_ms: number(value.duration_ms),
    status: STATUSES.find((status) => status === value.status) ?? 'completed',
    webhook_message: textOrNull(value.webhook_message),
    timeline: list(value.timeline).map(String),
    summary: {
      ...record(value.summary),
      message_sent: record(value.summary).message_sent === true,
      ...routing(value.summary),
      llm: sums(record(value.summary).llm),
    },
    debug_hints: list(value.debug_hints).map(String),
    ...links(value.links),
    source_lines: list(value.source_lines).map(sourceLine),
    started_at: Number.isNaN(Date.parse(started)) ? '1970-01-01T00:00:00.000Z' : started,
    ended_at: textOrNull(value.ended_at),
    traceparent: text(value.traceparent, ''),
    ...caller(value.caller),
    webhook: {
      method: textOrNull(webhook.method),
      path: textOrNull(webhook.path),
      ...(typeof webhook.route === 'string' && { route: webhook.route }),
      type: textOrNull(webhook.type),
      direction: textOrNull(webhook.direction),
      message_id: textOrNull(webhook.message_id),
      body: webhook.body ?? null,
      status_code: numberOrNull(webhook.status_code),
      acknowledged_ms: numberOrNull(webhook.acknowledged_ms),
      duplicate_of: textOrNull(webhook.duplicate_of),
      handler: textOrNull(webhook.handler),
    },
    events: list(value.events).map((raw, index) => {
      const event = record(raw);
      return {
        seq: typeof event.seq === 'number' ? event.seq : index + 1,
        timestamp: text(event.timestamp, started),
        type: text(event.type, 'event'),
        name: textOrNull(event.name),
        span_id: textOrNull(event.span_id),
        parent_span_id: textOrNull(event.parent_span_id),
        duration_ms: numberOrNull(event.duration_ms),
        data: event.data ?? null,
        ...attributes(event.attributes),
        ...usage(event.usage),
        ...(event.again === true && { again: true as const }),
      };
    }),
    errors: list(value.errors).map((raw) => {
      const error = record(raw);
      return {
        timestamp: text(error.timestamp, started),
        location: text(error.location, 'unknown'),
        type: text(error.type, 'Error'),
        message: text(error.message, ''),
        stack: textOrNull(error.stack),
        cause: error.cause ?? null,
        context: error.context ?? null,
        fingerprint: text(error.fingerprint, ''),
        ...(error.detail !== undefined && { detail: error.detail }),
        ...(typeof error.guard === 'string' && { guard: error.guard }),
        ...(error.after_response === true && { after_response: true as const }),
      };
    }),
  };
}

function caller(value: unknown): { caller?: CallerDto } {
  if (typeof value !== 'object' || value === null) return {};
  const { span_id, sampled, tracestate, baggage } = record(value);
  return {
    caller: {
      span_id: textOrNull(span_id),
      sampled: sampled === true,
      ...(typeof tracestate === 'string' && { tracestate }),
      ...(typeof baggage === 'string' && { baggage }),
    },
  };
}

function routing(summary: unknown): { routing_path?: string[]; lead_score?: number; response_preview?: string } {
  const { routing_path, lead_score, response_preview } = record(summary);
  return {
    routing_path: Array.isArray(routing_path) ? routing_path.map(String) : undefined,
    lead_score: typeof lead_score === 'number' ? lead_score : undefined,
    response_preview: typeof response_preview === 'string' ? response_preview : undefined,
  };
}

/** Tokens and cost of all model calls. */
function sums(value: unknown): UsageDto | undefined {
  const calls = numberOrNull(record(value).calls);
  return calls === null ? undefined : { ...counts(record(value)), calls };
}

/** Tokens and cost of one model call. */
function usage(value: unknown): { usage?: CallUsageDto } {
  if (typeof value !== 'object' || value === null) return {};
  const { model, provider } = record(value);
  return {
    usage: {
      ...counts(record(value)),
      ...(typeof model === 'string' && { model }),
      ...(typeof provider === 'string' && { provider }),
    },
  };
}

const COUNTS = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'total_tokens',
  'unknown_token_calls',
  'unknown_cost_calls',
] as const;

function counts(value: Record<string, unknown>): Omit<UsageDto, 'calls'> {
  const known = COUNTS.flatMap((name) =>
    numberOrNull(value[name]) === null ? [] : [[name, numberOrNull(value[name])]],
  );
  return { ...Object.fromEntries(known), cost_usd: numberOrNull(value.cost_usd) };
}

function attributes(value: unknown): { attributes?: Attributes } {
  if (typeof value !== 'object' || value === null) return {};
  const read = Object.entries(value).filter(([, inner]) => ['string', 'number', 'boolean'].includes(typeof inner));
  return { attributes: Object.fromEntries(read) as Attributes };
}

function links(value: unknown): { links?: LinkDto[] } {
  const read = list(value).map((raw): LinkDto => {
    const link = record(raw);
    return {
      trace_id: text(link.trace_id, ''),
      relation: link.relation === 'continues' ? 'continues' : 'continued_by',
      status: STATUSES.find((status) => status === link.status) ?? 'completed',
      started_at: text(link.started_at, '1970-01-01T00:00:00.000Z'),
      duration_ms: number(link.duration_ms),
      type: textOrNull(link.type),
      ...(typeof link.attempt === 'number' && { attempt: link.attempt }),
      ...(link.message_sent === true && { message_sent: true as const }),
    };
  });
  return read.length === 0 ? {} : { links: read };
}

function sourceLine(raw: unknown): SourceLineDto {
  const { frame, file, line, column, code } = record(raw);
  return {
    frame: text(frame, ''),
    file: text(file, ''),
    line: number(line),
    column: number(column),
    code: text(code, ''),
  };
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
