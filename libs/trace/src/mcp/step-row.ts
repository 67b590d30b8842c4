import type { EventDto } from '../contract/responses.js';
import { boundedJson } from '../views/text/bounded-json.js';
import { stepName } from '../views/compare/step-alignment.js';
import { isSpan } from '../views/events/event-response.js';
import { dataOf } from '../views/events/event-data.js';
import { clipText } from '../views/text/visible-text.js';

const NAME_CHARACTERS = 100;
const PREVIEW_CHARACTERS = 120;

/** A step without its payloads. `step` is the number that `get_steps` takes. */
export function stepRow(event: EventDto, startedAt: number) {
  const { input, output, outcome } = isSpan(event) ? dataOf(event) : {};
  const has = [...(input === undefined ? [] : ['input']), ...(output === undefined ? [] : ['output'])];
  const name = stepName(event);
  return {
    step: event.seq,
    ...(isSpan(event) ? { kind: event.type } : {}),
    at_ms: Math.max(0, Math.round(Date.parse(event.timestamp) - startedAt)),
    ...(event.duration_ms !== null && { duration_ms: Math.round(event.duration_ms) }),
    ...(isSpan(event) && event.duration_ms === null && { open: true }),
    ...(outcome === 'error' || outcome === 'cancelled' ? { outcome } : {}),
    ...(has.length > 0 && { has }),
    untrusted: {
      ...(isSpan(event) ? {} : { type: clipText(event.type, NAME_CHARACTERS) }),
      ...(name !== null && { name: clipText(name, NAME_CHARACTERS) }),
      ...(!isSpan(event) && event.data !== null && { data: preview(event.data) }),
    },
  };
}

function preview(data: unknown): string {
  return boundedJson(data, { maxCharacters: PREVIEW_CHARACTERS, maxString: 80 }).text;
}
