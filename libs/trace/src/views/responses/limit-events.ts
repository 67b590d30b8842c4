import type { EventDto, FullTraceResponse } from '../../contract/responses.js';
import { isSpan } from '../events/event-response.js';
import { errorSeqs } from './elide-values.js';

/**
 * The most important events of a very long trace: a third from its beginning, a third from its end, a third its first
 * errors, and the spans around all of these. `errors` has the errors of these events, `left_out` the numbers of the others;
 * the timeline is empty. Returns the same object for a trace that is not longer.
 *
 * @param maxEvents number of events without the spans around them
 */
export function limitEvents(trace: FullTraceResponse, maxEvents: number): FullTraceResponse {
  const all = trace.events;
  if (all.length <= maxEvents) return trace;
  const third = Math.max(1, Math.floor(maxEvents / 3));
  const seqs = errorSeqs(all);
  const shownErrors = new Set(seqs.slice(0, third));
  // Events and `errors` are matched by their order, so the errors that stay are always the first ones.
  const otherErrors = new Set(seqs.slice(third));
  const chosen = all.filter(
    ({ seq }, index) =>
      shownErrors.has(seq) || ((index < third || index >= all.length - third) && !otherErrors.has(seq)),
  );
  const around = spansAround(chosen, all);
  const kept = new Set(chosen);
  const events = all.filter((event) => kept.has(event) || around.has(event));
  return {
    ...trace,
    timeline: [],
    events,
    errors: trace.errors.slice(0, third),
    left_out: { events: all.length - events.length, errors: otherErrors.size },
  };
}

function spansAround(chosen: readonly EventDto[], all: readonly EventDto[]): Set<EventDto> {
  const spans = new Map(all.filter(isSpan).map((event) => [event.span_id, event]));
  const around = new Set<EventDto>();
  for (const event of chosen) {
    let at = spans.get(isSpan(event) ? event.parent_span_id : event.span_id);
    // Ends at a span that was added before, so a span that is its own ancestor ends it too.
    while (at && !around.has(at)) {
      around.add(at);
      at = spans.get(at.parent_span_id);
    }
  }
  return around;
}
