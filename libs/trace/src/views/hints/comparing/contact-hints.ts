import type { Micros } from '../../../model/record.js';
import { isoMicros } from '../../../model/trace-id.js';
import type { HintDetail } from '../../../contract/responses.js';
import type { AssembledTrace } from '../../trace/assemble.js';
import { repliesOf as repliesIn, type TraceReply } from '../../trace/replies.js';
import { comparableRoute } from './baseline-hints.js';
import { spellMs } from '../../text/durations.js';
import type { Related } from '../related.js';

/** Microseconds between two replies that a reader receives as one. */
export const AT_ONCE_US = 2_000_000;
/** Share of traces with several replies from which a route is taken to send several on purpose. */
const HABIT_SHARE = 0.05;

type Rule = (trace: AssembledTrace, related: Related) => HintDetail[];

/** Rules that compare the traces of one contact, in the order of their hints. */
export const CONTACT_HINTS: readonly Rule[] = [repliesAtOnce, overlappingMessages];

interface Reply extends TraceReply {
  from: AssembledTrace;
}

/**
 * Two replies within two seconds. Replies of two independent traces always give a hint. Within one trace and the traces that
 * continue it, two messages may be parts of one reply: they give a hint if their text is the same, or if the traces of the
 * route usually send one reply.
 */
function repliesAtOnce(trace: AssembledTrace, { baseline, neighbours }: Related): HintDetail[] {
  const own = repliesOf(trace);
  if (own.length === 0) return [];
  const usual = baseline && comparableRoute(baseline);
  const sendsOne = usual !== undefined && usual !== null && usual.repliedTwice < usual.completed * HABIT_SHARE;
  const all = [...own, ...neighbours.flatMap(repliesOf)].sort((a, b) => a.at - b.at);
  let closest: { first: Reply; second: Reply } | undefined;
  for (const [index, second] of all.entries()) {
    for (let before = index - 1; before >= 0; before -= 1) {
      const first = all[before]!;
      const gap = second.at - first.at;
      if (gap > AT_ONCE_US) break;
      if (first.from !== trace && second.from !== trace) continue;
      if (first.channel !== second.channel) continue;
      const isOneWork = first.from === second.from || isLinked(first.from, second.from);
      if (isOneWork && !sendsOne && !isSameText(first, second)) continue;
      if (!closest || gap < closest.second.at - closest.first.at) closest = { first, second };
    }
  }
  return closest ? [twoReplies(trace, closest.first, closest.second, usual?.completed)] : [];
}

function isSameText(first: Reply, second: Reply): boolean {
  return first.text !== undefined && first.text === second.text;
}

function twoReplies(trace: AssembledTrace, first: Reply, second: Reply, samples: number | undefined): HintDetail {
  const other = first.from === trace ? second.from : first.from;
  const same = isSameText(first, second);
  const where = other === trace ? '' : `; the other one in ${other.head.traceId}`;
  const gapMs = (second.at - first.at) / 1000;
  return {
    rule: 'replies_at_once',
    hint: `👯 This contact got two replies within 2 s: ${same ? 'the same text ' : ''}${spellMs(gapMs)} apart${where}`,
    evidence: {
      samples: samples ?? 0,
      gap_ms: gapMs,
      same_text: same,
      replies: [first, second].map(({ at, from }) => ({ timestamp: isoMicros(at), trace_id: from.head.traceId })),
    },
  };
}

/** Two messages of a contact in work at the same time. Each of the two traces misses the other's part of the conversation. */
function overlappingMessages(trace: AssembledTrace, { neighbours }: Related): HintDetail[] {
  if (!isMessage(trace)) return [];
  const others = neighbours.filter(
    (other) =>
      isMessage(other) &&
      !isLinked(trace, other) &&
      !isSameMessage(trace, other) &&
      overlap(trace, other) !== undefined,
  );
  const [first] = others;
  if (!first) return [];
  const more = others.length === 1 ? '' : ` and ${others.length - 1} more`;
  const came = first.head.startedAt <= trace.head.startedAt ? 'was still at work when this one came' : 'came meanwhile';
  return [
    {
      rule: 'messages_overlapped',
      hint: `🚦 Messages of this contact overlapped: ${first.head.traceId} ${came}${more}`,
      evidence: {
        samples: others.length + 1,
        overlaps: others.map((other) => {
          const [from, to] = overlap(trace, other)!;
          return { trace_id: other.head.traceId, from: isoMicros(from), to: isoMicros(to), ms: (to - from) / 1000 };
        }),
      },
    },
  ];
}

function repliesOf(trace: AssembledTrace): Reply[] {
  return repliesIn(trace).map((reply) => ({ ...reply, from: trace }));
}

/** Whether the webhook brought a message of the contact: no receipt, no copy of an outgoing message, not refused. */
function isMessage({ head, identify }: AssembledTrace): boolean {
  return head.message !== null && identify?.direction !== 'outbound' && (head.statusCode ?? 0) < 400;
}

/** Whether one is a redelivery of the other, which has its own hint. */
function isSameMessage({ head: a }: AssembledTrace, { head: b }: AssembledTrace): boolean {
  return a.messageId !== null && a.messageId === b.messageId;
}

/** Whether one trace continues the other: a job of a queue, or a continued carrier. */
function isLinked(a: AssembledTrace, b: AssembledTrace): boolean {
  const id = w3cId(a);
  const shared = id !== undefined && id === w3cId(b);
  return shared || a.open?.link === b.head.traceId || b.open?.link === a.head.traceId;
}

/** Trace id of the `traceparent`. */
function w3cId({ head }: AssembledTrace): string | undefined {
  return head.traceparent.split('-')[1];
}

function overlap({ head: a }: AssembledTrace, { head: b }: AssembledTrace): [Micros, Micros] | undefined {
  const from = Math.max(a.startedAt, b.startedAt);
  const to = Math.min(a.lastAt, b.lastAt);
  return from < to ? [from, to] : undefined;
}
