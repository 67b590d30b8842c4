import { EVENT } from '../../../model/vocabulary.js';
import type { EventDto, FullTraceResponse } from '../../../contract/responses.js';
import { boundedJson } from '../../text/bounded-json.js';
import { clipText } from '../../text/visible-text.js';
import { isSpan } from '../../events/event-response.js';
import { dataOf } from '../../events/event-data.js';
import { code } from './markdown-text.js';

/** Hops whose reasons are listed. A loop has two hops or three. */
const MAX_HOPS = 3;

/** A full trace, or an export, which has no events. */
type TraceWithSteps = Pick<FullTraceResponse, 'summary' | 'status'> &
  Partial<Pick<FullTraceResponse, 'errors' | 'events'>>;

/**
 * Reasons of a trace without an error in the application's own words, as Markdown lines: the output of the last agent where
 * no reply was sent, and the reasons of the hops where the routing loops.
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
  // The last hops are the loop. Earlier ones led into it.
  const lastHops = [...hops].slice(-MAX_HOPS).map(([hop, reason]) => `${hop}: ${reason}`);
  return lastHops.length === 0 ? [] : [`Why it was passed on: ${code(clipText(lastHops.join('; '), characters))}`];
}

/** Whether a hop was taken twice. */
function goesInCircles(path: readonly string[]): boolean {
  return new Set(path).size < path.length;
}
