import { EVENT } from '../../../model/vocabulary.js';
import type { Micros } from '../../../model/record.js';
import { openSpans } from '../../trace/assemble.js';
import type { AssembledTrace } from '../../trace/assemble.js';
import { spellMs } from '../../text/durations.js';
import { describeEvent } from '../../events/event-types.js';
import type { EventTypes } from '../../events/event-types.js';
import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { hasPoint, HOW_TO_RECORD_REPLIES } from './recorded.js';

const ended = (status: string) =>
  records('end', `the \`end\` with status \`${status}\``, (end) => end.status === status);

/** Rules about how the trace ended, or that it still runs. */
export const LIFE_RULES: readonly HintRuleDefinition[] = [
  {
    name: 'still_running',
    provedBy: [],
    refutedBy: [records('end', 'an `end`')],
    hint: stillRunning,
  },
  { name: 'interrupted', provedBy: [ended('interrupted')], hint: interrupted },
  { name: 'timeout', provedBy: [ended('timeout')], hint: timedOut },
  { name: 'silent', provedBy: [ended('silent')], hint: silent },
  {
    name: 'client_gone',
    provedBy: [
      {
        what: 'the `response` that was aborted, or the `end` with status `cancelled`',
        holds: (record) =>
          (record.kind === 'response' && record.aborted === true) ||
          (record.kind === 'end' && record.status === 'cancelled'),
      },
    ],
    hint: clientGone,
  },
];

/** Proved by: the absence of an `end`. */
function stillRunning({ trace, types, now }: HintScene): string | undefined {
  if (trace.head.status !== 'active') return undefined;
  const open = openSpans(trace).at(-1);
  if (open) return `⏳ Still running: ${open.kind} ${open.name}, open for ${spellMs(since(open.startedAt, now))}`;
  return `⏳ Still running: ${lastWords(trace, types)}`;
}

/**
 * Proved by: the `end` with status `interrupted`. An `end` by another process (`by`) means that the process died; an
 * `end` by the process itself means that it was shut down. Without an `end`, the store found that the writer had died.
 */
function interrupted({ trace, types }: HintScene): string | undefined {
  if (trace.head.status !== 'interrupted') return undefined;
  const { end } = trace;
  const how = end?.status === 'interrupted' && end.by === undefined ? 'was shut down' : 'died';
  const open = openSpans(trace).at(-1);
  const during = open ? `, while ${open.kind} ${open.name} was running` : '';
  return `💥 Interrupted: the process ${how}${during}; ${lastWords(trace, types)}`;
}

/** Proved by: the `end` with status `timeout`. The open step comes from `span` records without a `span_end` in time. */
function timedOut({ trace }: HintScene): string | undefined {
  const { head } = trace;
  if (head.status !== 'timeout') return undefined;
  const end = head.endedAt ?? head.lastAt;
  // Work that was open at the timeout may have ended since.
  const open = openSpans(trace).at(-1) ?? [...trace.spans.values()].findLast((span) => endOf(span) > end);
  if (!open) return '⏰ Timed out: its work did not end in time';
  const waited = spellMs(since(open.startedAt, end));
  return `⏰ Timed out: ${open.kind} ${open.name} was still open after ${waited}`;
}

/** Proved by: the `end` with status `silent`, which capture writes when no `message_sent` came in time. */
function silent({ trace, repliedIn, repliesSeen }: HintScene): string | undefined {
  if (trace.head.status !== 'silent') return undefined;
  const how = repliesSeen === false && !repliedIn ? HOW_TO_RECORD_REPLIES : '';
  return `🔇 Silent: no error and no reply was recorded in time${how}`;
}

/** Type of the error that capture records when this side closes the connection before the response is whole. */
const CUT_HERE = 'AnswerCut';

/**
 * Proved by: the `response` that was aborted, or the `end` with status `cancelled`. The hint adds what happened to the
 * handler where an event shows it: `handler_cancelled`, or a later record. A response that this side cut is an error and has its own hint.
 */
function clientGone({ trace }: HintScene): string | undefined {
  const { response, head } = trace;
  const cancelled = head.status === 'cancelled';
  const cutHere = trace.errors.some(({ dto }) => dto.type === CUT_HERE);
  if (cutHere || (!cancelled && (!response?.aborted || hasPoint(trace, EVENT.sseClosed)))) return undefined;
  const after = response?.aborted ? ` after ${spellMs(response.ms)}` : '';
  return `🔌 The client went away${after}, before the answer was out${handlerFate(trace)}`;
}

/** Events that capture records when a response ends. They are no work of the handler. */
const CLOSING_EVENTS: readonly string[] = [EVENT.sseClosed, EVENT.controlFlow];

function handlerFate(trace: AssembledTrace): string {
  const handler = trace.handler ?? 'the handler';
  if (hasPoint(trace, EVENT.handlerCancelled)) return `; ${handler} was cut off`;
  const gone = trace.response;
  if (!gone?.aborted) return '';
  // Closing an event stream records `sse_closed` after the response, which is no work of the handler.
  const wentOn = trace.records.some(
    (record) =>
      record.ts > gone.ts &&
      (record.kind === 'span' || (record.kind === 'event' && !CLOSING_EVENTS.includes(record.type))),
  );
  return wentOn ? `; ${handler} went on` : '';
}

function lastWords(trace: AssembledTrace, types: EventTypes): string {
  const last = trace.events.reduce<AssembledTrace['events'][number] | undefined>(
    (latest, event) => (latest && latest.dto.seq > event.dto.seq ? latest : event),
    undefined,
  );
  return last ? `the last thing it did was ${describeEvent(last.dto, types)}` : 'it recorded nothing';
}

function endOf({ startedAt, ms }: { startedAt: Micros; ms: number | null }): Micros {
  return startedAt + (ms ?? 0) * 1000;
}

function since(from: Micros, to: Micros): number {
  return Math.max(0, (to - from) / 1000);
}
