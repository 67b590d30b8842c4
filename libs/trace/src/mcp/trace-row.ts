import type { TraceListItem } from '../contract/responses.js';
import { clipText } from '../views/text/visible-text.js';

const MESSAGE_CHARACTERS = 200;
const NAME_CHARACTERS = 128;

/**
 * A trace in a list. As in every answer of these tools, captured text is under `untrusted`, so that a model can separate
 * the tool's words from a stranger's.
 */
export function traceRow({
  trace_id,
  status,
  started_at,
  duration_ms,
  errors,
  events,
  continues,
  ...captured
}: TraceListItem) {
  const { contact_id, message, route } = captured;
  return {
    trace_id,
    status,
    started_at,
    duration_ms,
    errors,
    events,
    ...(continues !== undefined && { continues }),
    untrusted: {
      contact_id: clipText(contact_id, NAME_CHARACTERS),
      message: message === null ? null : clipText(message, MESSAGE_CHARACTERS),
      route: route === null ? null : clipText(route, NAME_CHARACTERS),
    },
  };
}
