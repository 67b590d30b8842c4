import { EVENT } from '../../../model/vocabulary.js';
import type { EventDto, FullTraceResponse } from '../../../contract/responses.js';
import { boundedJson } from '../../text/bounded-json.js';
import { clipText } from '../../text/visible-text.js';
import { isSpan } from '../../events/event-response.js';
import { dataOf } from '../../events/event-data.js';
import { code } from './markdown-text.js';

/** A loop of two hops has two reasons, told in one line. */
const MAX_HOPS = 3;

/** An export has no steps. */
type TraceWithSteps = Pick<FullTraceResponse, 'summary' | 'status'> &
  Partial<Pick<FullTraceResponse, 'errors' | 'events'>>;

/**
 * Why a trace that has no error went as it did, in the application's own words: what the last agent decided when nothing
 * was sent, and why agents passed a lead in a circle. Markdown, a line each.
 */
export function reasons({ summary, status, errors, events }: TraceWithSteps, characters: number): string[] {
  if (events === undefined) return [];
  const quiet = !summary.message_sent && status !== 'active' && (errors ?? []).length === 0;
  return [
    ...(quiet ? lastDecision(events, characters) : []),
    ...(goesInCircles(summary.routing_path ?? []) ? hopReasons(events, characters) : []),
  ];
}

function lastDecision(events: readonly EventDto[], characters: number): string[] {
  const decided = events.findLast(
    (event) => isSpan(event) && event.type === 'agent' && dataOf(event).output !== undefined,
  );
  if (!decided) return [];
  const { text } = boundedJson(dataOf(decided).output, { maxCharacters: characters, maxString: characters });
  return [`Agent ${code(clipText(decided.name ?? '', 60))} ended with ${code(text)}`];
}

function hopReasons(events: readonly EventDto[], characters: number): string[] {
  const hops = new Map<string, string>();
  for (const event of events) {
    if (event.type !== EVENT.routing || isSpan(event)) continue;
    const { from, to, reason } = dataOf(event);
    if (typeof reason === 'string' && reason !== '') hops.set(`${String(from)} → ${String(to)}`, reason);
  }
  // The last hops are the circle: what led into it came before.
  const lastHops = [...hops].slice(-MAX_HOPS).map(([hop, reason]) => `${hop}: ${reason}`);
  return lastHops.length === 0 ? [] : [`Why it was passed on: ${code(clipText(lastHops.join('; '), characters))}`];
}

/** Somebody handed over twice in the same way. */
function goesInCircles(path: readonly string[]): boolean {
  return new Set(path).size < path.length;
}
