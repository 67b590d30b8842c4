import type { ErrorDto, FullTraceResponse } from '../contract/responses.js';
import { boundedJson } from '../views/text/bounded-json.js';
import { SourceFrames } from '../views/trace/source-frames.js';
import { firstFrame } from '../views/trace/stack-frames.js';
import { rankSteps, errorsWithSteps } from '../views/trace/rank-steps.js';
import { fitItems, tokensOf } from './budget.js';
import { clipText } from '../views/text/visible-text.js';
import { ranges } from '../views/text/ranges.js';
import { stepRow } from './step-row.js';

const MESSAGE_CHARACTERS = 300;
const HINT_CHARACTERS = 200;
const MAX_HINTS = 8;
const MAX_LINKS = 6;
const NAME_CHARACTERS = 128;

/** A trace without payloads: its end, its errors and its steps, within `room` tokens. */
export function traceSkeleton(trace: FullTraceResponse, room: number): object {
  const whole = skeleton(trace, room);
  if (tokensOf(whole) <= room) return whole;
  const { trace_id, status, duration_ms, summary, events, errors } = trace;
  return {
    trace_id,
    status,
    duration_ms,
    reply_sent: summary.message_sent,
    counts: { steps: events.length, errors: errors.length },
    left_out: { steps: events.length, ask: 'get_trace with a larger max_tokens' },
  };
}

function skeleton(trace: FullTraceResponse, room: number): object {
  const startedAt = Date.parse(trace.started_at);
  const small = room < 2_500;
  const hints = fitItems(trace.debug_hints.slice(0, MAX_HINTS), room * 0.2, (hint) => clipText(hint, HINT_CHARACTERS));
  const messageCharacters = small ? 100 : MESSAGE_CHARACTERS;
  const head = {
    ...(trace.degraded !== undefined && { degraded: trace.degraded }),
    trace_id: trace.trace_id,
    ...(trace.instance !== undefined && { instance: trace.instance }),
    status: trace.status,
    started_at: trace.started_at,
    ended_at: trace.ended_at,
    duration_ms: trace.duration_ms,
    reply_sent: trace.summary.message_sent,
    webhook: {
      status_code: trace.webhook.status_code,
      acknowledged_ms: trace.webhook.acknowledged_ms,
      duplicate_of: trace.webhook.duplicate_of,
    },
    ...linkedTraces(trace),
    counts: { steps: trace.events.length, errors: trace.errors.length },
    untrusted: {
      contact_id: clipText(trace.contact_id, NAME_CHARACTERS),
      message: trace.webhook_message === null ? null : clipText(trace.webhook_message, messageCharacters),
      debug_hints: hints.shown,
      ...(!small && {
        method: trace.webhook.method,
        path: trace.webhook.path === null ? null : clipText(trace.webhook.path, NAME_CHARACTERS),
        handler: trace.webhook.handler,
        summary: boundedJson(trace.summary, { maxCharacters: 600, maxString: 120, maxItems: 20 }).text,
      }),
    },
  };
  // 180 tokens are reserved for the note of left-out parts.
  const free = room - tokensOf(head) - 180;
  const source = new SourceFrames(trace.source_lines);
  const errors = fitItems(errorsWithSteps(trace), free / 3, ({ error, step }) => errorRow(error, step, source));
  const steps = fitItems(rankSteps(trace), free - tokensOf(errors.shown), (event) => stepRow(event, startedAt));
  const shown = new Map(steps.shown.map((row) => [row.step, row]));
  const missing = trace.events.filter(({ seq }) => !shown.has(seq)).map(({ seq }) => seq);
  return {
    ...head,
    errors: errors.shown,
    steps: trace.events.flatMap(({ seq }) => shown.get(seq) ?? []),
    ...(missing.length + errors.left > 0 && {
      left_out: {
        ...(errors.left > 0 && { errors: errors.left }),
        ...(missing.length > 0 && { steps: missing.length, step_numbers: ranges(missing, 12) }),
        ask: 'get_steps with these numbers, or get_trace with a larger max_tokens',
      },
    }),
  };
}

/** Ids of related traces: the jobs of this webhook, or the webhook that queued this job. */
function linkedTraces({ links }: FullTraceResponse): object {
  if (!links) return {};
  const linked_traces = links.slice(-MAX_LINKS).map(({ trace_id, relation, status, attempt, message_sent }) => ({
    trace_id,
    relation,
    status,
    ...(attempt !== undefined && { attempt }),
    ...(message_sent && { reply_sent: true }),
  }));
  const left = links.length - linked_traces.length;
  return { linked_traces, ...(left > 0 && { more_linked_traces: left }) };
}

function errorRow(error: ErrorDto, step: number | null, source: SourceFrames) {
  const frame = firstFrame(error.stack);
  return {
    step,
    untrusted: {
      type: clipText(error.type, NAME_CHARACTERS),
      location: clipText(error.location, NAME_CHARACTERS),
      message: clipText(error.message, MESSAGE_CHARACTERS),
      ...(frame !== undefined && { frame: clipText(source.line(frame), 300) }),
    },
  };
}
