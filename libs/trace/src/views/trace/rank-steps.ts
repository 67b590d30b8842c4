import { EVENT } from '../../model/vocabulary.js';
import type { ErrorDto, EventDto, FullTraceResponse } from '../../contract/responses.js';
import { isErrorEvent, isSpan } from '../events/event-response.js';
import { dataOf } from '../events/event-data.js';

type Steps = Pick<FullTraceResponse, 'events' | 'errors'>;

const BY_TYPE: Readonly<Record<string, number>> = {
  [EVENT.received]: 2,
  [EVENT.sent]: 2,
  [EVENT.failed]: 2,
  [EVENT.rejected]: 2,
  [EVENT.aborted]: 2,
  [EVENT.routing]: 3,
  [EVENT.analysis]: 3,
  agent: 4,
  tool: 5,
  [EVENT.tool]: 5,
  llm: 6,
  retriever: 6,
  [EVENT.acknowledged]: 9,
  step: 8,
  http: 8,
};
const OTHER = 7;

/**
 * Steps by how much they explain: failures, the spans around them, the message in and out, decisions, then tools, models
 * and the rest; steps of one rank in the order they happened. A view with a bound drops steps from the end.
 */
export function rankSteps({ events }: Pick<Steps, 'events'>): EventDto[] {
  const around = aroundFailures(events);
  const rank = (event: EventDto): number => {
    if (isFailure(event)) return 0;
    if (event.span_id !== null && isSpan(event) && around.has(event.span_id)) return 1;
    if (isSpan(event) && event.duration_ms === null) return 1;
    return BY_TYPE[event.type] ?? OTHER;
  };
  return events
    .map((event, index) => ({ event, index, rank: rank(event) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ event }) => event);
}

/** An error, a span that ended with an error, or a response that refused the webhook. */
export function isFailure(event: EventDto): boolean {
  if (isErrorEvent(event) || event.type === EVENT.rejected) return true;
  return isSpan(event) && dataOf(event).outcome === 'error';
}

/** Each error with the `seq` of its event: both lists of a full trace are in the same order. */
export function errorsWithSteps({ events, errors }: Steps): { error: ErrorDto; step: number | null }[] {
  const steps = events.filter(isErrorEvent);
  return errors.map((error, index) => ({ error, step: steps[index]?.seq ?? null }));
}

/** Ids of all spans around a failure, up to the outermost. */
function aroundFailures(events: readonly EventDto[]): Set<string> {
  const spans = new Map(events.filter(isSpan).map((event) => [event.span_id, event]));
  const around = new Set<string>();
  for (const event of events) {
    if (!isFailure(event)) continue;
    let id = isSpan(event) ? event.parent_span_id : event.span_id;
    while (id !== null && !around.has(id)) {
      around.add(id);
      id = spans.get(id)?.parent_span_id ?? null;
    }
  }
  return around;
}
