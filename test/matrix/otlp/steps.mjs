/** The steps of a trace as far as OTLP carries them, in the order in which they began. */
export function stepsOf({ events }) {
  return events
    .filter(({ span_id: id, duration_ms: ms }) => id !== null && ms !== null)
    .map((event) => ({
      id: event.span_id,
      parent: event.parent_span_id,
      type: event.type,
      name: event.name,
      at: event.timestamp,
      ms: event.duration_ms,
      ...(event.data.input !== undefined && { input: event.data.input }),
      ...(event.data.output !== undefined && { output: event.data.output }),
      ...(event.data.outcome !== undefined && { outcome: event.data.outcome }),
      ...(event.usage && { usage: event.usage }),
    }))
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
}
