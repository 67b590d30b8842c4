import { EVENT, readToolName } from '../../../model/vocabulary.js';
import type { TraceRecord } from '../../../model/record.js';
import { asRecord, word } from '../../events/event-data.js';
import { countOf } from '../../text/durations.js';
import { clip, oneLine } from '../../text/visible-text.js';
import type { AssembledEvent, AssembledTrace } from '../../trace/assemble.js';
import { finishReason, isCutAtLimit } from './finish-reason.js';
import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { isTooLong } from './too-long.js';

const MAX_HINTS = 3;
const REASON_CHARACTERS = 160;
/** Identical calls from which a hint is made. Two happen by a retry or by chance. */
const REPEATED = 3;
/** Characters of an input's JSON that is compared. Larger ones are compared by their beginning and their length. */
const COMPARED_CHARACTERS = 10_000;

const modelEnd = records(
  'span_end',
  'the end of the model call',
  ({ output }) => typeof output === 'object' && output !== null,
);
const cutProof = {
  what: 'the model call whose end names the limit of tokens',
  // The start is the step that a reader looks at.
  holds: (record: TraceRecord, { trace }: HintScene) =>
    (record.kind === 'span_end' && isCutAtLimit(finishReason(record.output))) ||
    (record.kind === 'span' && isCutAtLimit(finishReason(trace.spans.get(record.span)?.output))),
};
const repeatedProof = records('span', 'the calls with one input', ({ input }) => input !== undefined);

/** Rules about calls of models and tools. */
export const MODEL_RULES: readonly HintRuleDefinition[] = [
  { name: 'context_length', provedBy: [modelEnd], hint: contextLength },
  { name: 'answer_cut', provedBy: [cutProof], hint: answerCut },
  { name: 'empty_answer', provedBy: [modelEnd], hint: emptyAnswer },
  { name: 'tool_not_run', provedBy: [modelEnd, records('end', 'the `end`')], hint: toolNotRun },
  { name: 'repeated_call', provedBy: [repeatedProof], hint: repeatedCalls },
];

/** A model call that has ended, with the members of its output. */
interface ModelCall {
  index: number;
  name: string;
  failed: boolean;
  output: Readonly<Record<string, unknown>>;
}

function modelCalls({ events }: AssembledTrace): ModelCall[] {
  return events.flatMap(({ dto, span }, index) => {
    if (span?.kind !== 'llm' || span.ms === null) return [];
    const { output, outcome } = asRecord(dto.data);
    return [{ index, name: span.name, failed: outcome === 'error', output: asRecord(output) }];
  });
}

/** Proved by: the end of a model call whose error says that the input is too long. */
function contextLength({ trace }: HintScene): string[] | undefined {
  const hints = modelCalls(trace).flatMap(({ name, output }) => {
    const { code, type, message } = asRecord(output.error);
    const said = word(message) ?? '';
    if (!isTooLong([code, type], said)) return [];
    const why = clip(oneLine(said === '' ? String(word(code) ?? word(type)) : said), REASON_CHARACTERS);
    return [`📏 The input is too long for ${name}: ${why}`];
  });
  return first(hints);
}

/** Proved by: the end of a model call whose output says that the limit of tokens cut the answer. */
function answerCut({ trace }: HintScene): string[] | undefined {
  const hints = modelCalls(trace).flatMap(({ name, output }) => {
    const reason = finishReason(output);
    return isCutAtLimit(reason)
      ? [
          `📏 The answer of ${name} was cut at the limit of tokens (finish_reason ${clip(oneLine(reason!), REASON_CHARACTERS)})`,
        ]
      : [];
  });
  return first(hints);
}

/** Proved by: the end of a model call that names why it stopped, and has no text, no tool call and no refusal. */
function emptyAnswer({ trace }: HintScene): string[] | undefined {
  const hints = modelCalls(trace).flatMap(({ name, failed, output }) => {
    const { finish_reason: finish, text, tool_calls: calls, refusal } = output;
    const isEmpty = (text === undefined || text === '') && !(Array.isArray(calls) && calls.length > 0);
    return !failed && typeof finish === 'string' && isEmpty && refusal === undefined
      ? [`🫥 ${name} answered with nothing (finish_reason ${finish})`]
      : [];
  });
  return first(hints);
}

/**
 * Proved by: the end of a model call that asks for a tool, and the `end` of the trace. No hint where a span or event of the
 * tool came later, or where a later model call has the tool's result in its input.
 */
function toolNotRun({ trace }: HintScene): string[] | undefined {
  if (trace.head.endedAt === null) return undefined;
  const hints = modelCalls(trace).flatMap(({ index, name, output }) => {
    const calls = Array.isArray(output.tool_calls) ? output.tool_calls.map(asRecord) : [];
    return calls.flatMap(({ id, name: tool }) => {
      if (typeof tool !== 'string' || ran(trace.events.slice(index + 1), tool, id)) return [];
      return [`🧰 ${name} asked for the tool ${tool}; no run of it was recorded`];
    });
  });
  return first([...new Set(hints)]);
}

function ran(later: readonly AssembledEvent[], tool: string, id: unknown): boolean {
  return later.some(({ dto, span }) => {
    if (span?.kind === 'tool' || span?.kind === 'agent' || span?.kind === 'step') return sameName(span.name, tool);
    if (span?.kind === 'llm') return hasResult(asRecord(dto.data).input, tool, id);
    return dto.type === EVENT.tool && sameName(readToolName(dto.data) ?? '', tool);
  });
}

/** `CalendarTools.checkCalendar` is the method of the tool `check_calendar`. */
function sameName(span: string, tool: string): boolean {
  return plain(span) === plain(tool) || plain(span.slice(span.lastIndexOf('.') + 1)) === plain(tool);
}

function plain(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

/** Whether the input of a model call has the result of a tool: by the call's id, or by the tool's name where it has none. */
function hasResult(input: unknown, tool: string, id: unknown): boolean {
  const { messages } = asRecord(input);
  if (!Array.isArray(messages)) return false;
  return messages.map(asRecord).some(({ role, tool_call_id: answered, name }) => {
    if (role !== 'tool') return false;
    return typeof id === 'string' && typeof answered === 'string' ? answered === id : name === tool;
  });
}

/** Proved by: three or more calls of one model or tool with the same input. Attempts of one call are no repetition. */
function repeatedCalls({ trace }: HintScene): string[] | undefined {
  const same = new Map<string, { what: string; count: number }>();
  for (const { dto, span } of trace.events) {
    if (span === null || (span.kind !== 'llm' && span.kind !== 'tool')) continue;
    const { input, outcome } = asRecord(dto.data);
    if (input === undefined || outcome === 'error') continue;
    const json = JSON.stringify(input);
    const key = `${span.kind} ${span.name} ${json.length} ${json.slice(0, COMPARED_CHARACTERS)}`;
    const known = same.get(key);
    if (known) known.count += 1;
    else same.set(key, { what: `${span.kind === 'llm' ? 'model' : 'tool'} ${span.name}`, count: 1 });
  }
  const hints = [...same.values()]
    .filter(({ count }) => count >= REPEATED)
    .map(({ what, count }) => `♻️ The same call was made ${count} times: ${what}, with the same input`);
  return first(hints);
}

function first(hints: string[]): string[] | undefined {
  if (hints.length === 0) return undefined;
  const more = hints.length - MAX_HINTS;
  return more > 0 ? [...hints.slice(0, MAX_HINTS), `… and ${countOf(more, 'more hint')} of this kind`] : hints;
}
