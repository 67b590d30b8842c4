import { EVENT } from '../../../trace/src/model/vocabulary.js';
import type { ErrorDto, EventDto, FullTraceResponse, EventDetailResponse } from '../api/responses.js';
import { LargeValue } from './large-value.js';
import type { LargeValueSource } from './large-value.js';
import { isError, record } from './trace-log.js';

/** Whole events by `seq`, loaded after the trace. */
export type KnownEvents = ReadonlyMap<number, EventDetailResponse>;

/** A trace as the page shows it, and the number of its values that are not loaded. */
export interface RestoredTrace {
  trace: FullTraceResponse;
  missing: number;
}

/** Replaces each stub by its value where that is loaded, else by a `LargeValue`. */
export function restoreValues(answer: FullTraceResponse, known: KnownEvents, source: LargeValueSource): RestoredTrace {
  const { omitted = [], ...trace } = answer;
  if (omitted.length === 0) return { trace, missing: 0 };
  const events = new Map<number, EventDto>(trace.events.map((event) => [event.seq, event]));
  const seqs = trace.events.filter(isError).map(({ seq }) => seq);
  const errors = [...trace.errors];
  let { webhook } = trace;
  let missing = 0;
  for (const value of omitted) {
    const { seq, path } = value;
    const fill = (stub: unknown): unknown => {
      const found = at(known.get(seq), path);
      if (found !== undefined) return found;
      missing += 1;
      return new LargeValue(value, record(stub), source);
    };
    const [part, key = '', member] = path;
    const index = seqs.indexOf(seq);
    const event = events.get(seq);
    if (part === 'event' && event) {
      const data = member === undefined ? fill(event.data) : withMember(event.data, member, fill);
      events.set(seq, { ...event, data });
    } else if (part === 'error' && errors[index]) {
      errors[index] = withMember(errors[index], key, fill) as ErrorDto;
    } else if (part === 'webhook') webhook = { ...webhook, body: fill(webhook.body) };
  }
  return {
    trace: { ...trace, webhook, errors, events: trace.events.map((event) => events.get(event.seq) ?? event) },
    missing,
  };
}

/** The events of a whole trace, in the form in which the server returns a single one. */
export function knownEvents({ trace_id, events, errors, webhook }: FullTraceResponse): KnownEvents {
  let seen = 0;
  const received = events.find(({ type }) => type === EVENT.received);
  return new Map(
    events.map((event) => {
      const error = isError(event) ? errors[seen++] : undefined;
      return [event.seq, { trace_id, event, error, webhook: event === received ? webhook : undefined }];
    }),
  );
}

/** The first value of an event that is not loaded. */
export function largeValueOf(event: EventDto, error?: ErrorDto): LargeValue | undefined {
  const { data } = event;
  const places = [data, ...Object.values(record(data)), error?.cause, error?.detail, error?.context];
  return places.find((value) => value instanceof LargeValue);
}

/** Not by assignment: a member may be called `__proto__`. */
function withMember(value: unknown, key: string, change: (inner: unknown) => unknown): unknown {
  return Object.fromEntries(
    Object.entries(record(value)).map(([name, inner]) => [name, name === key ? change(inner) : inner]),
  );
}

function at(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const key of path) inner = Object.hasOwn(record(inner), key) ? record(inner)[key] : undefined;
  return inner;
}
