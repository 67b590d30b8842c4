import type { HintDetail } from '../../../contract/responses.js';
import { countOf } from '../../text/durations.js';
import type { AssembledTrace } from '../../trace/assemble.js';
import { asRecord, word } from '../../events/event-data.js';
import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { looksLikeWrite, toolCalls } from './tool-calls.js';
import type { ToolCall } from './tool-calls.js';

const MAX_HINTS = 3;
/** Characters of an input's JSON that is compared. Longer inputs are compared by their beginning and their length. */
const COMPARED_CHARACTERS = 10_000;
/** JSON of an input that names nothing. Two calls without an input may be about different things. */
const EMPTY: readonly string[] = ['{}', '[]', '[{}]', 'null', '""'];

const writeProof = records(
  'span',
  'the calls of a tool whose name is one of writing',
  ({ type, name }) => type === 'tool' && looksLikeWrite(name),
);

/** Rules about work that was done twice. */
export const WRITE_RULES: readonly HintRuleDefinition[] = [
  { name: 'double_write', provedBy: [writeProof], hint: doubleWrites },
];

/**
 * Proved by: two calls of a tool such as `book_appointment` or `charge`, with the same input, that both succeeded. No hint
 * where both returned the same id: the tool found that it was done already.
 */
function doubleWrites({ trace }: HintScene): string[] | undefined {
  const hints = [...groups(trace).values()].flatMap((calls) => {
    const [first] = calls;
    const made = calls.filter((call) => call === first || !hasSameId(call, first!));
    if (!first || made.length < 2) return [];
    return [`👯 Done twice: the tool ${first.name} succeeded ${times(made.length)} with the same input`];
  });
  return hints.length === 0 ? undefined : hints.slice(0, MAX_HINTS);
}

/** The same for a webhook that was delivered again: it did what its first delivery had done. */
export function repeatedWrites(trace: AssembledTrace, first: AssembledTrace | undefined): HintDetail[] {
  if (!first) return [];
  const before = groups(first);
  const again = [...groups(trace)].flatMap(([key, [call]]) => {
    const earlier = before.get(key)?.[0];
    return call && earlier && !hasSameId(call, earlier) ? [{ call, earlier }] : [];
  });
  return again.slice(0, MAX_HINTS).map(({ call, earlier }) => ({
    rule: 'double_write',
    hint: `👯 Done twice: the tool ${call.name} succeeded with the same input here and in ${first.head.traceId}, the first delivery of this webhook`,
    evidence: {
      samples: 2,
      tool: call.name,
      step: call.seq,
      first_trace_id: first.head.traceId,
      first_step: earlier.seq,
    },
  }));
}

/** Successful calls of writing tools by name and input. */
function groups(trace: AssembledTrace): Map<string, ToolCall[]> {
  const found = new Map<string, ToolCall[]>();
  for (const call of toolCalls(trace)) {
    // An event and a span may report one call.
    if (call.span === null || call.failed || call.input === undefined || !looksLikeWrite(call.name)) continue;
    const json = JSON.stringify(call.input) ?? '';
    if (EMPTY.includes(json)) continue;
    const key = `${call.name} ${json.length} ${json.slice(0, COMPARED_CHARACTERS)}`;
    found.set(key, [...(found.get(key) ?? []), call]);
  }
  return found;
}

const ID_KEY = /^(?:id|uuid|sid|confirmation|reference)$|_id$|Id$/;

/** Whether both results have an id, and the same. */
function hasSameId(a: ToolCall, b: ToolCall): boolean {
  const [one, other] = [ids(a.output), ids(b.output)];
  return one.length > 0 && one.length === other.length && one.every((id, index) => id === other[index]);
}

/** Ids in a result: its own members, and those of the objects right inside. */
function ids(output: unknown, depth = 0): string[] {
  return Object.entries(asRecord(output)).flatMap(([key, value]) => {
    const text = word(value);
    if (text !== undefined) return ID_KEY.test(key) ? [`${key}=${text}`] : [];
    return depth === 0 ? ids(value, 1) : [];
  });
}

function times(count: number): string {
  return count === 2 ? 'twice' : countOf(count, 'time');
}
