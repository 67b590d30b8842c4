import { asRecord, number } from '../../events/event-data.js';
import { spellMs } from '../../text/durations.js';
import type { AssembledEvent } from '../../trace/assemble.js';
import { records } from './hint-rule.js';
import type { HintRuleDefinition, HintScene } from './hint-rule.js';
import { nameWords } from './tool-calls.js';

/** Messages from which a history is long. A model is rarely given more than 50. */
const MIN_LOADED = 100;
/** Duration from which the load is worth a hint, in milliseconds, and its share of the whole trace. */
const MIN_MS = 500;
const MIN_SHARE = 0.5;

/** Spans that read, and words in the names of other spans that load a conversation. */
const READING_KINDS: readonly string[] = ['retriever', 'db'];
const OTHER_KINDS: readonly string[] = ['step', 'tool', 'http'];
const WORDS: ReadonlySet<string> = new Set(
  (
    'history histories message messages conversation conversations memory memories transcript thread chat chats ' +
    'historial historia mensaje mensajes conversacion conversación memoria'
  ).split(' '),
);
const LISTS = ['messages', 'rows', 'items', 'documents', 'data', 'history', 'results'];
const COUNTS = ['messages_loaded', 'count', 'total', 'loaded', 'rowCount', 'row_count'];

const stepProof = records('span', 'the step that loads', ({ type, name }) => isLoading(type, name));
const endProof = records('span_end', 'the end of the step that loads');

/** Rules about the history of a conversation. */
export const HISTORY_RULES: readonly HintRuleDefinition[] = [
  { name: 'slow_history', provedBy: [stepProof, endProof, records('end', 'the `end`')], hint: slowHistory },
];

/**
 * Proved by: a step that loaded a long history, as its output or the summary says, and that took most of the trace's time;
 * its end, and the `end`.
 */
function slowHistory({ trace, summary, durationMs }: HintScene): string | undefined {
  if (trace.head.endedAt === null || durationMs <= 0) return undefined;
  const steps = trace.events
    .filter(({ span }) => span !== null && span.ms !== null && isLoading(span.kind, span.name))
    .sort((a, b) => b.span!.ms! - a.span!.ms!);
  for (const event of steps) {
    const { ms, name } = event.span!;
    if (ms! < MIN_MS || ms! < durationMs * MIN_SHARE) return undefined;
    // The summary counts what the trace loaded, and this step is the longest that loads.
    const loaded = loadedBy(event) ?? (event === steps[0] ? summary.messages_loaded : undefined);
    if (loaded === undefined || loaded < MIN_LOADED) continue;
    const share = Math.min(100, Math.round((100 * ms!) / durationMs));
    return `🗄️ Slow history: ${name} loaded ${loaded} messages in ${spellMs(ms!)}, ${share}% of the trace's time (${spellEach(ms! / loaded)} each)`;
  }
  return undefined;
}

function isLoading(kind: string, name: string): boolean {
  if (READING_KINDS.includes(kind)) return true;
  return OTHER_KINDS.includes(kind) && nameWords(name).some((word) => WORDS.has(word));
}

/** Number of items that a step returned; `undefined`: its output does not say. */
function loadedBy({ dto }: AssembledEvent): number | undefined {
  const { output } = asRecord(dto.data);
  if (Array.isArray(output)) return output.length;
  const fields = asRecord(output);
  for (const name of COUNTS) {
    const count = number(fields[name]);
    if (count !== undefined) return count;
  }
  for (const name of LISTS) {
    const list = fields[name];
    if (Array.isArray(list)) return list.length;
  }
  return undefined;
}

function spellEach(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : spellMs(ms);
}
