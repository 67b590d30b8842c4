import { isoMicros } from '../model/trace-id.js';
import type { AssembledError, AssembledTrace } from './assemble.js';
import { countOf } from './durations.js';
import { clip, oneLine } from './visible-text.js';

/** More kinds of errors than this are counted, not told one by one. */
const MAX_TOLD = 5;
const MESSAGE_CHARACTERS = 200;
/** Where capture puts an error that reached the process. */
const LAST_RESORTS = ['uncaughtException', 'unhandledRejection'];
/** Stands for the status of an answer of which nothing went out. */
const ABORTED = 499;

/** Which errors, where, and whether anybody handled them: one line per origin. */
export function errorHints(trace: AssembledTrace): string[] {
  const origins = new Map<string, AssembledError[]>();
  for (const error of trace.errors) {
    const { fingerprint, location } = error.answer;
    const key = `${fingerprint}\n${location}`;
    origins.set(key, [...(origins.get(key) ?? []), error]);
  }
  const told = [...origins.values()].slice(0, MAX_TOLD).map((errors) => hint(errors, trace));
  const rest = [...origins.values()].slice(MAX_TOLD).reduce((sum, errors) => sum + errors.length, 0);
  return rest === 0 ? told : [...told, `❌ And ${countOf(rest, 'more error', 'more errors')}`];
}

function hint(errors: AssembledError[], trace: AssembledTrace): string {
  const [first] = errors as [AssembledError];
  const { type, location, message } = first.answer;
  const times = errors.length === 1 ? '' : `${errors.length} times `;
  return `❌ ${times}${type} in ${location}: ${clip(oneLine(message), MESSAGE_CHARACTERS)} (${fate(first, trace)})`;
}

/**
 * What became of an error. An error that leaves a span marks it `error`; the first span around it that ended well
 * caught it. One that left every span was handled if the webhook was answered well afterwards; else it was not, unless
 * it was only reported by `traceError`, outside of any span.
 */
function fate({ span, answer }: AssembledError, trace: AssembledTrace): string {
  const seen = new Set<string>();
  let innermost = true;
  for (let id = span; id !== null && !seen.has(id); innermost = false) {
    seen.add(id);
    const around = trace.spans.get(id);
    if (!around) break;
    if (around.ms === null) return `${around.kind} ${around.name} has not ended`;
    if (around.outcome !== 'error') return `handled in ${around.name}`;
    id = around.parent;
  }
  const answered = trace.response && isoMicros(trace.response.ts) > answer.timestamp ? 'later' : 'before';
  return outside(trace, answer.location, answered, innermost);
}

/** The fate of an error that no span around it caught. */
function outside(
  { head: { statusCode }, handler, response }: AssembledTrace,
  location: string,
  answered: 'before' | 'later',
  reported: boolean,
): string {
  const thrown = location === handler;
  if (response?.aborted && reported) return statusCode === ABORTED ? 'no answer went out' : 'the answer broke off';
  if (statusCode !== null && statusCode >= 400) return `not handled, the webhook was answered with ${statusCode}`;
  if (LAST_RESORTS.includes(location)) return 'nothing caught it';
  if (reported && !thrown) return 'reported';
  if (!response || response.aborted) return 'not handled';
  if (answered === 'before')
    return thrown ? `not handled, after the webhook was answered with ${statusCode}` : 'not handled';
  return `handled${thrown ? ' by an exception filter' : ''}: the webhook was answered with ${statusCode}`;
}
