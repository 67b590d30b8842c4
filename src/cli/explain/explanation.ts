import type { Attempt, Explanation, WebhookRequest } from '../../../libs/trace/src/capture/request/explain.js';
import { formatTraceId, ZonedStamp } from '../../../libs/trace/src/model/trace-id.js';
import type { NoticeFields } from '../../../libs/trace/src/model/record.js';
import type { BodyFormat } from './read-body.js';

/** A value that would be used, and its source. */
export interface ExplainedValue {
  value: string | null;
  /** The place it was read from; `null`: none had one. */
  from: string | null;
  /** The places before it that had nothing usable. */
  tried: { path: string; found: Attempt['found'] }[];
}

export interface MessageResponse {
  contact_id: ExplainedValue;
  message: ExplainedValue;
  message_id: ExplainedValue;
  type: string | null;
  direction: 'inbound' | 'outbound' | null;
  media: string | null;
  edited: boolean;
  notices: NoticeFields[];
}

/** The answer of `get-trace explain`. */
export interface ExplainResponse {
  dialect: string | null;
  request: { method: string; path: string; read_as: BodyFormat };
  /** The id that the trace would get; the parts that depend on the moment are in angle brackets. */
  trace_id: string;
  contact_id: string;
  /** Further contacts of the same request. */
  other_contacts: string[];
  messages: MessageResponse[];
  /** Index in `messages` of the one that the trace shows; `null`: the request concerns no contact. */
  shown: number | null;
  placeholders: string[];
  dialects: { name: string; matched: boolean; reason: string | null; inside: string | null }[];
  notes: string[];
}

const NOTES = [
  'The application’s own capture.contactId, capture.message, capture.dialects and @TraceWebhook() options come first; this command cannot see them.',
];

/** An explanation in the words of the CLI's JSON. */
export function explainAnswer(request: WebhookRequest, readAs: BodyFormat, found: Explanation): ExplainResponse {
  const shown = found.shown === undefined ? undefined : found.messages[found.shown];
  const contact = shown?.contactId;
  const others = found.messages.map(({ contactId }) => contactId).filter((id) => id !== undefined && id !== contact);
  return {
    dialect: found.dialect ?? null,
    request: { method: request.method, path: request.path, read_as: readAs },
    trace_id: traceIdOf(contact),
    contact_id: contact ?? 'unknown',
    other_contacts: [...new Set(others as string[])],
    messages: found.messages.map((message) => ({
      contact_id: valueOf(message.contactId, message.reason?.contactId, message.attempts, 'contactId'),
      message: valueOf(message.message, message.reason?.message, message.attempts, 'message'),
      message_id: valueOf(message.messageId, message.reason?.messageId, message.attempts, 'messageId'),
      type: message.type ?? null,
      direction: message.direction ?? null,
      media: message.media ?? null,
      edited: message.edited ?? false,
      notices: message.notices ?? [],
    })),
    shown: found.shown ?? null,
    placeholders: found.placeholders,
    dialects: found.asked.map(({ dialect, matched, reason, inside }) => ({
      name: dialect,
      matched,
      reason: reason ?? null,
      inside: inside ?? null,
    })),
    notes: [...NOTES, ...found.failures.map(({ dialect, message }) => `The dialect ${dialect} failed: ${message}`)],
  };
}

function valueOf(
  value: string | undefined,
  from: string | undefined,
  attempts: readonly Attempt[],
  field: Attempt['field'],
): ExplainedValue {
  const tried = attempts
    .filter((attempt) => attempt.field === field && attempt.found !== 'taken')
    .map(({ path, found }) => ({ path, found }));
  return { value: value ?? null, from: value === undefined ? null : (from ?? null), tried };
}

function traceIdOf(contact: string | undefined): string {
  const id = formatTraceId(contact, Date.now() * 1000, new ZonedStamp());
  return id.replace(/_\d{8}_\d{6}_\d{6}$/, '_<date>_<time>_<microseconds>');
}
