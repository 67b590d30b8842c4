import { EVENT } from '../../model/vocabulary.js';
import type { EventDto, FullTraceResponse, OmittedValue, ValueStub } from '../../contract/responses.js';
import { isErrorEvent, isSpan } from '../events/event-response.js';

/** Characters of a text that its stub keeps. */
const PREVIEW_CHARACTERS = 200;

/**
 * The trace with stubs instead of its largest values: members of an event's data, or the whole data where the other members
 * together are too large; an error's cause, detail and context; the webhook's body. `omitted` lists the stubs, because
 * captured data may look like a stub. Returns the same object if no value is too large.
 *
 * @param maxBytes largest JSON of a value that stays, in bytes
 */
export function elideValues(trace: FullTraceResponse, maxBytes: number): FullTraceResponse {
  const omitted: OmittedValue[] = [];
  const elide: Elide = (seq, path, value, bytes = bytesAbove(value, maxBytes)) => {
    if (bytes === undefined) return value;
    omitted.push({ seq, path, bytes });
    return stubOf(value, bytes, eventPath(trace.trace_id, seq));
  };

  const events = trace.events.map((event) => elideEvent(event, maxBytes, elide));
  const seqs = errorSeqs(trace.events);
  const errors = trace.errors.map((error, index) => {
    const seq = seqs[index];
    if (seq === undefined) return error;
    const cause = elide(seq, ['error', 'cause'], error.cause);
    const detail = elide(seq, ['error', 'detail'], error.detail);
    const context = elide(seq, ['error', 'context'], error.context);
    const whole = cause === error.cause && detail === error.detail && context === error.context;
    return whole ? error : { ...error, cause, context, ...(detail !== undefined && { detail }) };
  });
  const received = receivedSeq(trace.events);
  const { webhook } = trace;
  const body = received === undefined ? webhook.body : elide(received, ['webhook', 'body'], webhook.body);
  return omitted.length === 0 ? trace : { ...trace, webhook: { ...webhook, body }, events, errors, omitted };
}

/** Returns the value, or a stub where it is too large. @param bytes its size where it was measured before */
type Elide = (seq: number, path: string[], value: unknown, bytes?: number) => unknown;

function elideEvent(event: EventDto, maxBytes: number, elide: Elide): EventDto {
  const { seq, data } = event;
  if (surelyFits(data, maxBytes)) return event;
  const whole = (): EventDto => ({ ...event, data: elide(seq, ['event', 'data'], data) });
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return whole();
  const members = Object.entries(data);
  const sizes = new Map(members.map(([key, value]) => [key, bytesAbove(value, maxBytes)]));
  const rest = Object.fromEntries(members.filter(([key]) => sizes.get(key) === undefined));
  // One stub for many small members instead of one for each. A span's data has few members.
  if (!isSpan(event) && bytesAbove(rest, maxBytes) !== undefined) return whole();
  const kept = members.map(([key, value]) => {
    const bytes = sizes.get(key);
    return [key, bytes === undefined ? value : elide(seq, ['event', 'data', key], value, bytes)];
  });
  // `fromEntries` instead of assignments, because a member may be called `__proto__`.
  return { ...event, data: Object.fromEntries(kept) };
}

/** Path of the route that returns the whole event, relative to `/debug/`. */
export function eventPath(traceId: string, seq: number): string {
  return `trace/${encodeURIComponent(traceId)}/events/${seq}`;
}

/** `seq` of the event of each error, in the order of a full trace's `errors`. */
export function errorSeqs(events: readonly EventDto[]): number[] {
  return events.filter(isErrorEvent).map(({ seq }) => seq);
}

/** The `seq` of the event that the webhook's body belongs to: the first `webhook_received`. */
export function receivedSeq(events: readonly EventDto[]): number | undefined {
  return events.find(({ type }) => type === EVENT.received)?.seq;
}

function stubOf(value: unknown, bytes: number, event: string): ValueStub {
  const type = Array.isArray(value) ? 'array' : (typeof value as ValueStub['type']);
  const preview = typeof value === 'string' ? { preview: cut(value) } : {};
  return { omitted: true, type, bytes, ...preview, event };
}

/** The first characters of a text, without half a surrogate pair. */
function cut(text: string): string {
  const end = /[\uD800-\uDBFF]/.test(text[PREVIEW_CHARACTERS - 1] ?? '') ? PREVIEW_CHARACTERS - 1 : PREVIEW_CHARACTERS;
  return text.slice(0, end);
}

/** Bytes of a value's JSON if they exceed `max`. Small values, which most are, are not converted to JSON. */
function bytesAbove(value: unknown, max: number): number | undefined {
  if (surelyFits(value, max)) return undefined;
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? '');
  return bytes > max ? bytes : undefined;
}

function surelyFits(value: unknown, max: number): boolean {
  return atMost(value, max) >= 0;
}

/** `budget` minus the upper bound of the value's JSON in bytes; negative once the budget is exceeded. */
function atMost(value: unknown, budget: number): number {
  if (typeof value === 'string') return budget - 6 * value.length - 2;
  if (typeof value !== 'object' || value === null) return budget - 25;
  let left = budget - 2;
  for (const [key, inner] of Object.entries(value)) {
    left = atMost(inner, left - 6 * key.length - 4);
    if (left < 0) break;
  }
  return left;
}
