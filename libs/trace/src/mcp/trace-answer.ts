import type { FullTraceResponse } from '../contract/responses.js';
import { EVENT } from '../model/vocabulary.js';
import { problemHints } from '../views/hints/suspicion.js';
import { callerWords } from '../views/render/caller-words.js';
import { clipText } from '../views/text/visible-text.js';
import { ranges } from '../views/text/ranges.js';
import { errorsWithSteps, rankSteps } from '../views/trace/rank-steps.js';
import { SourceFrames } from '../views/trace/source-frames.js';
import { leftOut, tokensOf, widest } from './budget.js';
import { ago } from './clock.js';
import { cutValue } from './cut-value.js';
import { findingsOf, replyWord } from './findings.js';
import { stepNode } from './step-node.js';
import type { NodeContext } from './step-node.js';
import { stepTree } from './trace-tree.js';
import { chooseSteps, drawn } from './choose-steps.js';

const MESSAGE_CHARACTERS = 200;
const HINT_CHARACTERS = 200;
const NAME_CHARACTERS = 100;
const MAX_HINTS = 8;
const MAX_LINKS = 6;
/** Characters of each input and output. */
const WIDTH = 80;
const SMALL_WIDTH = 40;
/** Multiples of these that are tried where room is left. */
const WIDER = [8, 6, 4, 3, 2.5, 2, 1.75, 1.5, 1.25, 1];
/** Tokens of the note about missing steps. */
const NOTE_TOKENS = 80;

/**
 * A trace as a tree of its steps within `room` tokens: how it ended, what was found, and each step with its time and the
 * beginning of its input and output. Steps that explain least are left out first.
 */
export function traceAnswer(trace: FullTraceResponse, room: number): object {
  // Half of a small answer is for the steps.
  const head = widest([1, 0.5, 0.25, 0.1, 0], Math.max(170, room * 0.5), (scale) => headOf(trace, scale));
  const context: NodeContext = {
    startedAt: Date.parse(trace.started_at),
    errors: new Map(errorsWithSteps(trace).flatMap(({ error, step }) => (step === null ? [] : [[step, error]]))),
    source: new SourceFrames(trace.source_lines),
  };
  const tree = stepTree(trace.events);
  const width = room < 1_500 ? SMALL_WIDTH : WIDTH;
  const chosen = chooseSteps(
    rankSteps(trace).map(({ seq }) => tree.nodeOf.get(seq)!),
    room - tokensOf(head) - NOTE_TOKENS,
    [width, width / 4, 0],
    (node, characters) => tokensOf(stepNode(node, characters, context)),
  );
  const left = trace.events.filter(({ seq }) => !chosen.has(tree.nodeOf.get(seq)!)).map(({ seq }) => seq);
  const note = leftOut({
    what: 'steps',
    count: left.length,
    how_to_get: `get_steps with some of ${ranges(left, 8)}, or get_trace with a larger max_tokens`,
  });
  const answer = (scale: number): object => ({
    ...head,
    steps: drawn(tree.roots, chosen, (node, characters) => stepNode(node, characters * scale, context)),
    ...note,
  });
  // Where steps are left out, longer values use up the room.
  const whole = left.length === 0 ? answer(1) : widest(WIDER, room, answer);
  if (tokensOf(whole) <= room) return whole;
  const nothing = leftOut({
    what: 'steps',
    count: trace.events.length,
    how_to_get: 'get_trace with a larger max_tokens',
  });
  return { ...headOf(trace, 0), steps: [], ...nothing };
}

function headOf(trace: FullTraceResponse, scale: number) {
  const problems = problemHints(trace);
  const clip = (text: string, characters: number): string =>
    clipText(text, Math.max(8, Math.round(characters * scale)));
  const { webhook, summary } = trace;
  const caller = callerWords(trace.caller);
  const { message_sent: _sent, response_preview: reply, ...facts } = summary;
  const refused = trace.events.some(({ type, name }) => type === EVENT.failed && name === null);
  return {
    ...(trace.degraded !== undefined && { degraded: trace.degraded }),
    trace_id: trace.trace_id,
    ...(trace.instance !== undefined && { instance: trace.instance }),
    status: trace.status,
    started_at: trace.started_at,
    ago: ago(trace.started_at),
    duration_ms: trace.duration_ms,
    reply: replyWord(Number(summary.message_sent), Number(refused)),
    ...(webhook.status_code !== null && {
      response: { status_code: webhook.status_code, after_ms: webhook.acknowledged_ms },
    }),
    ...(webhook.duplicate_of !== null && { duplicate_of: webhook.duplicate_of }),
    ...linkedTraces(trace),
    counts: { steps: trace.events.length, errors: trace.errors.length },
    findings: findingsOf(problems, trace.events),
    untrusted: {
      contact_id: clipText(trace.contact_id, NAME_CHARACTERS),
      ...(trace.webhook_message !== null && { message: clip(trace.webhook_message, MESSAGE_CHARACTERS) }),
      ...(reply !== undefined && { reply: clip(reply, MESSAGE_CHARACTERS) }),
      ...(problems.length > 0 && {
        hints: problems.slice(0, scale < 1 ? 3 : MAX_HINTS).map(({ hint }) => clip(hint, HINT_CHARACTERS)),
      }),
      ...(scale === 1 && {
        ...(webhook.path !== null && { request: `${webhook.method} ${clipText(webhook.path, NAME_CHARACTERS)}` }),
        ...(webhook.route !== undefined && { http_route: clipText(webhook.route, NAME_CHARACTERS) }),
        ...(caller !== null && { caller: clipText(caller, MESSAGE_CHARACTERS) }),
        ...(webhook.handler !== null && { handler: clipText(webhook.handler, NAME_CHARACTERS) }),
        ...(Object.keys(facts).length > 0 && { summary: cutValue(facts, 400).value }),
      }),
    },
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
    ...(message_sent && { reply: 'sent' }),
  }));
  const left = links.length - linked_traces.length;
  return { linked_traces, ...(left > 0 && { more_linked_traces: left }) };
}
