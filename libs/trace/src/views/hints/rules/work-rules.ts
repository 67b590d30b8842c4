import { EVENT, hasReplied } from '../../../model/vocabulary.js';
import type { TraceRecord } from '../../../model/record.js';
import { countOf, spellMs } from '../../text/durations.js';
import { describeEvent } from '../../events/event-types.js';
import { routingLoop } from './routing-loop.js';
import { slowestStep } from './slowest-step.js';
import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { HOW_TO_RECORD_REPLIES } from './recorded.js';

const AGENT_EVENTS: readonly string[] = [EVENT.routing, EVENT.analysis];

const loopProof = records('event', 'the `agent_routing` events', ({ type }) => type === EVENT.routing);
const scoreProof = records(
  'event',
  'the events whose type adds to the summary, such as `intelligence_analysis`',
  ({ type }, { types }) => types.ofType(type).summary !== undefined,
);
const messageProof = records('identify', 'the `identify` with a message', ({ message }) => message !== undefined);
const agentProof = {
  what: 'a span of an agent or a model, or an `agent_routing` or `intelligence_analysis` event',
  holds: isAgentWork,
};
const replyProof = records('event', 'a `message_sent` event', ({ type }) => type === EVENT.sent);
const overProof = records('end', 'the `end`');
const laterProof = {
  what: 'the records that are later than the limit',
  holds: ({ ts }: TraceRecord, { trace, slowMs }: HintScene) => (ts - trace.head.startedAt) / 1000 > slowMs,
};
const lateProof = {
  what: 'the records that came after the end',
  holds: (record: TraceRecord) => 'late' in record && record.late === true,
};
const droppedProof = records('end', 'the `end` that counts dropped events', ({ dropped }) => (dropped ?? 0) > 0);

/** Rules about the work inside the handler. */
export const WORK_RULES: readonly HintRuleDefinition[] = [
  { name: 'routing_loop', provedBy: [loopProof], hint: loop },
  { name: 'lead_score_zero', provedBy: [scoreProof], hint: leadScoreZero },
  { name: 'no_reply', provedBy: [messageProof, agentProof, overProof], refutedBy: [replyProof], hint: noReply },
  { name: 'slow', provedBy: [records('open', 'the `open`'), overProof, laterProof], hint: slow },
  { name: 'late_events', provedBy: [lateProof], hint: lateEvents },
  { name: 'dropped_data', provedBy: [droppedProof], hint: droppedData },
];

/** Proved by: `agent_routing` events that lead back to an agent. */
function loop({ trace }: HintScene): string | undefined {
  const path = routingLoop(trace);
  return path && `🔁 Routing loop: ${path.join(' → ')}`;
}

/** Proved by: the last event that gave a lead score, `intelligence_analysis` or one of the application's own types. */
function leadScoreZero({ trace, summary, types }: HintScene): string | undefined {
  const scored = trace.events.some(({ dto, span }) => !span && types.of(dto).summary !== undefined);
  return scored && summary.lead_score === 0
    ? '📉 Lead score is 0: the analysis found no interest, or no data'
    : undefined;
}

/**
 * Proved by: the `identify` with a message of the contact, a span or event of an agent, the `end`, and no `message_sent` in
 * this trace or a linked one. No hint for a webhook without a message, a refused one and a copy of an outgoing message, which
 * need no reply, for a refused reply and for status `silent`, which have their own hints.
 */
function noReply({ trace, summary, repliedIn, repliesSeen }: HintScene): string | undefined {
  const { head, identify, records: written } = trace;
  if (summary.message_sent || repliedIn || head.endedAt === null || head.status === 'silent') return undefined;
  if (identify?.message === undefined || identify.direction === 'outbound') return undefined;
  if ((head.statusCode ?? 0) >= 400 || hasReplied(head) || (head.counts.refused ?? 0) > 0) return undefined;
  if (!written.some(isAgentWork)) return undefined;
  return `📭 No reply was recorded${repliesSeen === false ? HOW_TO_RECORD_REPLIES : ''}`;
}

function isAgentWork(record: TraceRecord): boolean {
  if (record.kind === 'span') return record.type === 'agent' || record.type === 'llm';
  return record.kind === 'event' && AGENT_EVENTS.includes(record.type);
}

/** Proved by: the `open`, the `end`, and records that are later than the limit; a running trace has its own hint. */
function slow({ trace, types, durationMs, slowMs }: HintScene): string | undefined {
  const { status, startedAt, lastAt, endedAt } = trace.head;
  if (trace.open === null || endedAt === null) return undefined;
  // A timeout and an interruption have their own hints about the wait, so only the time until the last record counts.
  const cutOff = status === 'timeout' || status === 'interrupted';
  if ((cutOff ? (lastAt - startedAt) / 1000 : durationMs) <= slowMs) return undefined;
  return `🐢 Slow: ${spellMs(durationMs)}${slowestStep(trace, types)}`;
}

/** Proved by: the records with `late`. */
function lateEvents({ trace, types }: HintScene): string | undefined {
  const { lateEvents: count } = trace.head;
  if (count === 0) return undefined;
  const first = trace.events.find(({ late }) => late);
  const which = first ? `, first ${describeEvent(first.dto, types)}` : '';
  return `🕓 ${countOf(count, 'late event')} after the trace's end${which}: some work was not awaited`;
}

/** Proved by: the `end` with `dropped`. */
function droppedData({ trace }: HintScene): string | undefined {
  const { dropped } = trace.head;
  if (dropped === 0) return undefined;
  return `🧹 Dropped data: ${countOf(dropped, 'event')} over the limit of events per trace were not kept`;
}
