import type { TraceRecord } from '../../../model/record.js';
import { EVENT, readReply } from '../../../model/vocabulary.js';
import type { AssembledTrace } from '../../trace/assemble.js';
import { datesIn, placedDates, rolledOver, sameDate, slipOf, spellDate } from './date-values.js';
import type { DateValue, PlacedDate } from './date-values.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { CLOCK_US, isToolCall, toolCalls } from './tool-calls.js';
import type { ToolCall } from './tool-calls.js';

const MAX_HINTS = 3;

const callProof = { what: 'the calls of tools', holds: isToolCall };
const cameOutProof = {
  what: 'the outputs of tools, and the replies',
  holds: (record: TraceRecord) =>
    record.kind === 'span_end' ||
    (record.kind === 'event' && (record.type === EVENT.sent || record.type === EVENT.tool)),
};

/** Rules about dates. */
export const DATE_RULES: readonly HintRuleDefinition[] = [
  { name: 'date_changed', provedBy: [callProof, cameOutProof], hint: dateChanged },
];

/**
 * Proved by: a tool whose input has a date, and its output or a later reply that has another one. A date that no calendar has
 * and the one that it rolls over to are always a hint. Swapped or shifted ones are only if input and output have one date
 * each, under the same name, or if the reply has one date that nothing else of the trace has.
 */
function dateChanged({ trace }: HintScene): string[] | undefined {
  const calls = toolCalls(trace).map((call) => ({
    call,
    given: placedDates(call.input),
    returned: call.failed ? [] : placedDates(call.output),
  }));
  const replies = repliesIn(trace);
  const known = calls.flatMap(({ given, returned }) => [...given, ...returned]);
  const message = trace.head.message === null ? [] : datesIn(trace.head.message);
  const hints = new Set<string>();
  for (const { call, given, returned } of calls) {
    const [one] = given;
    if (!one) continue;
    for (const date of given) {
      const rolled = rolledOver(date);
      if (!rolled) continue;
      const place = placeOf(rolled, call, returned, replies);
      if (place) hints.add(words(call, date, rolled, place, `${spellDate(date)} does not exist`));
    }
    if (given.some((date) => !sameDate(date, one)) || rolledOver(one)) continue;
    const out = returned[0];
    if (out && returned.every((date) => sameDate(date, out)) && returned.some(({ key }) => key === one.key)) {
      const slip = slipOf(one, out);
      if (slip) hints.add(words(call, one, out, 'its output', slip));
    }
    for (const reply of replies) {
      const [said, ...more] = reply.dates;
      if (!said || reply.at < call.until - CLOCK_US || more.some((date) => !sameDate(date, said))) continue;
      if (known.some((date) => sameDate(date, said)) || message.some((date) => sameDate(date, said))) continue;
      const slip = slipOf(one, said);
      if (slip) hints.add(words(call, one, said, 'the reply', slip));
    }
  }
  return hints.size === 0 ? undefined : [...hints].slice(0, MAX_HINTS);
}

interface Reply {
  at: number;
  dates: DateValue[];
}

function repliesIn({ events }: AssembledTrace): Reply[] {
  return events.flatMap(({ dto, at, span }) => {
    const text = !span && dto.type === EVENT.sent ? readReply(dto.data).text : undefined;
    return text === undefined ? [] : [{ at, dates: datesIn(text) }];
  });
}

/** Where the rolled-over date came out: in the tool's output, or in a later reply. */
function placeOf(rolled: DateValue, call: ToolCall, returned: PlacedDate[], replies: Reply[]): string | undefined {
  if (returned.some((date) => sameDate(date, rolled))) return 'its output';
  const later = replies.filter(({ at }) => at >= call.until - CLOCK_US);
  return later.some(({ dates }) => dates.some((date) => sameDate(date, rolled))) ? 'the reply' : undefined;
}

function words(call: ToolCall, from: DateValue, to: DateValue, place: string, why: string): string {
  return `📅 A date came out as another one: ${spellDate(from)} in the input of ${call.name}, ${spellDate(to)} in ${place} (${why})`;
}
