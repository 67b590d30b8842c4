import type { ErrorDto, EventDto } from '../contract/responses.js';
import { stepName } from '../views/compare/step-alignment.js';
import { isSpan } from '../views/events/event-response.js';
import { dataOf } from '../views/events/event-data.js';
import { SourceFrames } from '../views/trace/source-frames.js';
import { stackFrames } from '../views/trace/stack-frames.js';
import { fitValue, tokensOf } from './budget.js';
import { clipText } from '../views/text/visible-text.js';

const NAME_CHARACTERS = 128;
const MAX_FRAMES = 12;

/** A step with all of its data, in at most `room` tokens. `cut` names the shortened parts. */
export function stepDetail(
  event: EventDto,
  error: ErrorDto | undefined,
  room: number,
  source: SourceFrames = new SourceFrames(),
): object {
  const name = stepName(event);
  const head = {
    step: event.seq,
    timestamp: event.timestamp,
    ...(isSpan(event) && { kind: event.type }),
    duration_ms: event.duration_ms,
    span_id: event.span_id,
    parent_span_id: event.parent_span_id,
  };
  const untrusted: Record<string, unknown> = {
    ...(!isSpan(event) && { type: clipText(event.type, NAME_CHARACTERS) }),
    ...(name !== null && { name: clipText(name, NAME_CHARACTERS) }),
  };
  const parts = Object.entries(error ? errorParts(error, source) : partsOf(event));
  const cut: string[] = [];
  let free = room - tokensOf({ ...head, untrusted, cut: parts.map(([key]) => key) });
  // Small parts stay whole; the large ones share the remaining tokens.
  const bySize = parts.toSorted(([, x], [, y]) => roughSize(x) - roughSize(y));
  const fitted = new Map<string, unknown>();
  for (const [index, [key, value]] of bySize.entries()) {
    const part = fitValue(value, Math.max(8, free / (bySize.length - index) - 6));
    fitted.set(key, part.value);
    if (part.cut) cut.push(key);
    free -= tokensOf({ [key]: part.value });
  }
  for (const [key] of parts) untrusted[key] = fitted.get(key);
  const detail = { ...head, untrusted, ...(cut.length > 0 && { cut }) };
  if (tokensOf(detail) <= room) return detail;
  return { step: event.seq, cut: ['everything'] };
}

function partsOf(event: EventDto): Record<string, unknown> {
  if (!isSpan(event)) return event.data === null ? {} : { data: event.data };
  return { ...dataOf(event) };
}

function errorParts(
  { type, message, stack, cause, context, fingerprint }: ErrorDto,
  source: SourceFrames,
): Record<string, unknown> {
  const { application, other } = stackFrames(stack);
  return {
    error_type: type,
    message,
    fingerprint,
    ...(application.length > 0 && {
      application_frames: application.slice(0, MAX_FRAMES).map((frame) => source.line(frame)),
    }),
    ...(other.length > 0 && { other_frames: other.slice(0, MAX_FRAMES) }),
    ...(cause !== null && { cause }),
    ...(context !== null && { context }),
  };
}

/** Enough to put parts in order without writing them out. */
function roughSize(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return 50 + 100 * Object.keys(value).length;
}
