import type { EventDto, FullTraceResponse } from '../../contract/responses.js';
import { isSpan } from '../events/event-response.js';
import { errorSeqs } from './elide-values.js';

/**
 * What a reader looks at first of a trace with very many events: a third of them from its beginning, a third from its
 * end, and a third errors, the first ones; and the spans around all of these. `left_out` tells how many are missing.
 * The `errors` are those whose events are here. The timeline is left empty. A trace with no more events is the trace itself.
 *
 * @param maxEvents about how many events come; the spans around them are counted out.
 */
export function limitEvents(trace: FullTraceResponse, maxEvents: number): FullTraceResponse {
  const all = trace.events;
  if (all.length <= maxEvents) return trace;
  const third = Math.max(1, Math.floor(maxEvents / 3));
  const seqs = errorSeqs(all);
  const shownErrors = new Set(seqs.slice(0, third));
  // Events and `errors` are matched by their order, so the errors that come are always the first.
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
    // Ends at what is known already, so a span that is its own ancestor ends it too.
    while (at && !around.has(at)) {
      around.add(at);
      at = spans.get(at.parent_span_id);
    }
  }
  return around;
}
