import type { TraceListItem } from '../contract/responses.js';
import { boundedJson } from '../views/text/bounded-json.js';
import { clipText } from '../views/text/visible-text.js';

const MESSAGE_CHARACTERS = 200;
const NAME_CHARACTERS = 128;
const MAX_MODELS = 4;

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
  instance,
  usage,
  refused,
  ...captured
}: TraceListItem) {
  const { contact_id, message, route, models, tags } = captured;
  return {
    trace_id,
    status,
    started_at,
    duration_ms,
    errors,
    events,
    ...(continues !== undefined && { continues }),
    ...(instance !== undefined && { instance }),
    ...(usage && { tokens: usage.total_tokens, cost_usd: usage.cost_usd, model_calls: usage.calls }),
    ...(refused !== undefined && { refused_replies: refused }),
    untrusted: {
      contact_id: clipText(contact_id, NAME_CHARACTERS),
      message: message === null ? null : clipText(message, MESSAGE_CHARACTERS),
      route: route === null ? null : clipText(route, NAME_CHARACTERS),
      ...(models && { models: models.slice(0, MAX_MODELS).map((model) => clipText(model, NAME_CHARACTERS)) }),
      ...(tags && { tags: boundedJson(tags, { maxCharacters: 300, maxString: 60, maxItems: 8 }).text }),
    },
  };
}
