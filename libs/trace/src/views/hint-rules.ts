import type { Micros } from '../model/record.js';
import type { SummaryAnswer } from './answers.js';
import { openSpans } from './assemble.js';
import type { AssembledTrace } from './assemble.js';
import { countOf, spellMs } from './durations.js';
import { describeEvent } from './event-types.js';
import type { EventTypes } from './event-types.js';
import { errorHints } from './hint-errors.js';
import { routingLoop } from './routing-loop.js';
import { slowestStep } from './slowest-step.js';

/** What the built-in rules look at. */
export interface HintScene {
  trace: AssembledTrace;
  summary: SummaryAnswer;
  types: EventTypes;
  duplicateOf: string | null;
  now: Micros;
  slowMs: number;
  durationMs: number;
}

type Rule = (scene: HintScene) => string | string[] | undefined;

/** One rule per hint, in the order the hints are told: what became of the trace, what went wrong, what is odd. */
export const BUILT_IN_HINTS: readonly Rule[] = [
  stillRunning,
  interrupted,
  timedOut,
  silent,
  ({ trace }) => errorHints(trace),
  uncaught,
  clientGone,
  rejected,
  unexplained,
  loop,
  leadScoreZero,
  noMessageSent,
  slow,
  lateEvents,
  redelivered,
  droppedData,
];

function stillRunning({ trace, types, now }: HintScene): string | undefined {
  if (trace.head.status !== 'active') return undefined;
  const open = openSpans(trace).at(-1);
  if (open) return `⏳ Still running: ${open.kind} ${open.name}, open for ${spellMs(since(open.startedAt, now))}`;
  return `⏳ Still running: ${lastWords(trace, types)}`;
}

function interrupted({ trace, types }: HintScene): string | undefined {
  if (trace.head.status !== 'interrupted') return undefined;
  const open = openSpans(trace).at(-1);
  const during = open ? `, while ${open.kind} ${open.name} was running` : '';
  return `💥 Interrupted: the process died${during}; ${lastWords(trace, types)}`;
}

function timedOut({ trace }: HintScene): string | undefined {
  const { head } = trace;
  if (head.status !== 'timeout') return undefined;
  // Work that was open when time ran out may have ended since: late, but ended.
  const end = head.endedAt ?? head.lastAt;
  const open = openSpans(trace).at(-1) ?? [...trace.spans.values()].findLast((span) => endOf(span) > end);
  if (!open) return '⏰ Timed out: its work did not end in time';
  const waited = spellMs(since(open.startedAt, end));
  return `⏰ Timed out: ${open.kind} ${open.name} was still open after ${waited}`;
}

function silent({ trace }: HintScene): string | undefined {
  if (trace.head.status !== 'silent') return undefined;
  return '🔇 Silent: the work ended well, but no reply was sent to the contact in time';
}

/** Nothing in the application caught an error; Node then ends the process, unless the application has a last resort. */
function uncaught({ trace }: HintScene): string | undefined {
  if (has(trace, 'unhandled_rejection')) return '💣 A rejection that nothing handled reached the process';
  return has(trace, 'uncaught_exception') ? '💣 An exception that nothing caught reached the process' : undefined;
}

/** Senders of webhooks lose patience, and send again. What broke in transfer is an error, and who reads a stream may go. */
function clientGone({ trace }: HintScene): string | undefined {
  const { response } = trace;
  const broken = trace.errors.some(({ answer }) => answer.type === 'UploadAborted' || answer.type === 'AnswerCut');
  if (!response?.aborted || broken || has(trace, 'sse_closed')) return undefined;
  const cut = has(trace, 'handler_cancelled') ? `; ${trace.handler ?? 'the handler'} was cut off` : '';
  return `🔌 The client went away after ${spellMs(response.ms)}, before the answer was out${cut}`;
}

function rejected({ trace }: HintScene): string | undefined {
  const { statusCode } = trace.head;
  if (statusCode === null || statusCode < 400 || trace.errors.length > 0 || trace.response?.aborted) return undefined;
  return `🚫 Webhook rejected: it was answered with HTTP ${statusCode}`;
}

/** A trace whose status is `error` while nothing else says why still must not read as a success. */
function unexplained({ trace }: HintScene): string | undefined {
  const { status, statusCode } = trace.head;
  if (status !== 'error' || trace.errors.length > 0 || (statusCode ?? 0) >= 400) return undefined;
  return '❌ Ended as an error, but no error was recorded';
}

function loop({ trace }: HintScene): string | undefined {
  const path = routingLoop(trace);
  return path && `🔁 Routing loop: ${path.join(' → ')}`;
}

function leadScoreZero({ summary }: HintScene): string | undefined {
  return summary.lead_score === 0 ? '📉 Lead score is 0: the analysis found no interest, or no data' : undefined;
}

/**
 * Only where a reply was due: somebody wrote, agents went to work, and the trace is over. A webhook that carries no
 * message, or one that was turned away at the door, owes nobody an answer; `silent` has a line of its own.
 */
function noMessageSent({ trace, summary }: HintScene): string | undefined {
  const { head, identify, events } = trace;
  if (summary.message_sent || head.status === 'active' || head.status === 'silent') return undefined;
  if (!head.message || identify?.direction === 'outbound' || (head.statusCode ?? 0) >= 400) return undefined;
  const agentsWorked = events.some(
    ({ answer, span }) =>
      span?.kind === 'agent' ||
      span?.kind === 'llm' ||
      answer.type === 'agent_routing' ||
      answer.type === 'intelligence_analysis',
  );
  return agentsWorked ? '📭 No message was sent to the contact' : undefined;
}

function slow({ trace, types, durationMs, slowMs }: HintScene): string | undefined {
  // A trace that runs or was cut off has its own hint about the wait: here only what it did counts.
  const { status, startedAt, lastAt } = trace.head;
  const cutOff = status === 'active' || status === 'timeout' || status === 'interrupted';
  if ((cutOff ? (lastAt - startedAt) / 1000 : durationMs) <= slowMs) return undefined;
  const step = slowestStep(trace, types);
  return `🐢 Slow: took ${spellMs(durationMs)}${step ? `; ${step}` : ''}`;
}

function lateEvents({ trace, types }: HintScene): string | undefined {
  const { lateEvents: count } = trace.head;
  if (count === 0) return undefined;
  const first = trace.events.find(({ late }) => late);
  const which = first ? `, first ${describeEvent(first.answer, types)}` : '';
  return `🕓 ${countOf(count, 'late event')} after the trace's end${which}: some work was not awaited`;
}

function redelivered({ duplicateOf }: HintScene): string | undefined {
  return duplicateOf === null ? undefined : `📨 Redelivered webhook: the same message first came in ${duplicateOf}`;
}

function droppedData({ trace }: HintScene): string | undefined {
  const { dropped } = trace.head;
  if (dropped === 0) return undefined;
  return `🧹 Dropped data: ${countOf(dropped, 'event')} over the limit of events per trace were not kept`;
}

function has({ events }: AssembledTrace, type: string): boolean {
  return events.some(({ answer, span }) => answer.type === type && !span);
}

function lastWords(trace: AssembledTrace, types: EventTypes): string {
  const last = trace.events.reduce<AssembledTrace['events'][number] | undefined>(
    (latest, event) => (latest && latest.answer.seq > event.answer.seq ? latest : event),
    undefined,
  );
  return last ? `the last thing it did was ${describeEvent(last.answer, types)}` : 'it recorded nothing';
}

function endOf({ startedAt, ms }: { startedAt: Micros; ms: number | null }): Micros {
  return startedAt + (ms ?? 0) * 1000;
}

function since(from: Micros, to: Micros): number {
  return Math.max(0, (to - from) / 1000);
}
