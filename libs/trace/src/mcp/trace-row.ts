import type { TraceFinding, TraceListItem } from '../contract/responses.js';
import { clipText } from '../views/text/visible-text.js';
import { ago } from './clock.js';
import { cutValue } from './cut-value.js';
import { findingsOf, replyWord } from './findings.js';

/** Characters of texts in a row of the usual length. */
const MESSAGE_CHARACTERS = 120;
const REPLY_CHARACTERS = 80;
const ERROR_CHARACTERS = 120;
const HINT_CHARACTERS = 160;
const TAG_CHARACTERS = 120;
const NAME_CHARACTERS = 100;
const MAX_NAMES = 4;

/**
 * A trace in a list. As in every answer of these tools, our own findings come first and captured text is under
 * `untrusted`, so that a model can separate the tool's words from a stranger's.
 *
 * @param scale length of the texts, as a share of the usual one
 */
export function traceRow(trace: TraceListItem & Partial<TraceFinding>, scale = 1) {
  const { hints = [], more_hints: more = 0, usage, match } = trace;
  const findings = findingsOf(hints);
  return {
    trace_id: trace.trace_id,
    status: trace.status,
    started_at: trace.started_at,
    ago: ago(trace.started_at),
    duration_ms: trace.duration_ms,
    reply: replyWord(trace.replies, trace.refused),
    ...(trace.duplicate_of && { duplicate_of: trace.duplicate_of }),
    ...(trace.errors > 0 && { errors: trace.errors }),
    ...(findings.length > 0 && { findings }),
    ...(more > 0 && { more_findings: more }),
    ...(match && { match: { step: match.seq } }),
    ...(trace.continues !== undefined && { continues: trace.continues }),
    ...(trace.instance !== undefined && { instance: trace.instance }),
    ...(usage && { tokens: usage.total_tokens, cost_usd: usage.cost_usd, model_calls: usage.calls }),
    ...(trace.refused !== undefined && { refused_replies: trace.refused }),
    untrusted: capturedOf(trace, scale),
  };
}

function capturedOf(trace: TraceListItem & Partial<TraceFinding>, scale: number) {
  const { contact_id, message, reply, error, hints = [], route, tools = [], models = [], tags, match } = trace;
  const clip = (text: string, characters: number): string =>
    clipText(text, Math.max(8, Math.round(characters * scale)));
  const clipName = (name: string): string => clip(name, Math.min(NAME_CHARACTERS, NAME_CHARACTERS / scale));
  const names = (list: readonly string[]): string[] => list.slice(0, MAX_NAMES).map(clipName);
  // A short row has no room for names beside what happened.
  const whole = scale > 0.4;
  return {
    contact_id: clipName(contact_id),
    ...(message !== null && { message: clip(message, MESSAGE_CHARACTERS) }),
    ...(reply !== undefined && { reply: clip(reply, REPLY_CHARACTERS) }),
    ...(error && {
      error: { location: clipName(error.location), message: clip(error.message, ERROR_CHARACTERS) },
    }),
    // The hint about the first error repeats it.
    ...(hints.length > 0 && { hint: clip(hints[0]!.hint, HINT_CHARACTERS) }),
    ...(match && {
      match: {
        kind: clipName(match.kind),
        name: match.name && clipName(match.name),
        place: clipName(match.place),
        excerpt: clip(match.excerpt, MESSAGE_CHARACTERS),
      },
    }),
    ...(whole && route !== null && { route: clipName(route) }),
    ...(whole && tools.length > 0 && { tools: names(tools) }),
    ...(whole && models.length > 0 && { models: names(models) }),
    ...(whole && tags && { tags: cutValue(tags, TAG_CHARACTERS).value }),
  };
}
