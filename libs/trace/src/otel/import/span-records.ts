import { sha256 } from '../../model/hash.js';
import type { ErrorFields, Micros, SpanId, TraceRecord } from '../../model/record.js';
import { hasCounts } from '../../model/usage.js';
import { failedOutput, isErrorIn } from '../failure-of.js';
import { textOfFirst } from '../names/values.js';
import type { OtelEvent, OtelSpan } from '../otel-span.js';
import { parentsFirst } from '../receive/span-forest.js';
import { stepOf } from '../step-of.js';
import { type Draft, endOf, IMPORTED_KEY } from './drafts.js';
import { rootRecords, rootIn } from './root-records.js';

/**
 * The spans of one trace as the records that a recorder would have written. Pure.
 *
 * @param spans spans of one trace id, in any order
 * @param id public id of the trace
 */
export function spanRecords(spans: readonly OtelSpan[], id: string): TraceRecord[] {
  const ordered = parentsFirst(spans);
  const root = rootIn(ordered);
  const steps = ordered.filter((span) => span !== root);
  const errors = new Set<string>();
  // Those inside end first, so an error is where it was thrown.
  const failures = steps
    .toSorted((a, b) => endOf(a) - endOf(b))
    .flatMap((span) => failureRecords(span, span.spanId, errors));
  const drafts = [
    ...steps.flatMap((span) => stepRecords(span)),
    ...failures,
    ...(root ? [...pointRecords(root, undefined), ...failureRecords(root, undefined, errors)] : []),
  ];
  const { before, after } = rootRecords(root, spans, id, failures.length > 0);
  const all = [...before, ...drafts.toSorted((a, b) => a.ts - b.ts), ...after];
  return all.map((draft, at) => ({ ...draft, seq: at + 1 }) as TraceRecord);
}

function stepRecords(span: OtelSpan): Draft[] {
  const { type, name, attributes, input, output, usage, error } = stepOf(span);
  const of = { trace: IMPORTED_KEY, span: span.spanId };
  const begin: Draft = {
    ...of,
    kind: 'span',
    ts: span.startedAt,
    ...(span.parentSpanId !== undefined && { parent: span.parentSpanId }),
    name,
    type,
    attributes,
    ...(input !== undefined && { input }),
  };
  if (span.endedAt === undefined) return [begin, ...pointRecords(span, span.spanId)];
  const shown = error && !isErrorIn(span, type) ? failedOutput(error, output) : output;
  const end: Draft = {
    ...of,
    kind: 'span_end',
    ts: endOf(span),
    ms: (endOf(span) - span.startedAt) / 1_000,
    ...(shown !== undefined && { output: shown }),
    ...(hasCounts(usage) && { usage }),
    ...(error && { outcome: 'error' as const }),
  };
  return [begin, ...pointRecords(span, span.spanId), end];
}

/** Events of a span besides its exceptions. */
function pointRecords({ events }: OtelSpan, span: SpanId | undefined): Draft[] {
  return events
    .filter(({ name }) => name !== 'exception')
    .map(({ name, at, attributes }) => ({
      kind: 'event' as const,
      trace: IMPORTED_KEY,
      ts: at,
      type: name,
      ...(span !== undefined && { span }),
      data: dataOf(attributes),
    }));
}

/** Our own export has the data of an event as JSON in one attribute. */
function dataOf(attributes: OtelEvent['attributes']): unknown {
  const own = attributes['trace.data'];
  if (typeof own !== 'string') return { ...attributes };
  try {
    return JSON.parse(own) as unknown;
  } catch {
    return own;
  }
}

function failureRecords(span: OtelSpan, within: SpanId | undefined, known: Set<string>): Draft[] {
  const step = stepOf(span);
  const failure = step.error;
  if (!failure || !isErrorIn(span, step.type)) return [];
  const { type, message, stack } = failure;
  const key = `${type}\n${message}`;
  if (known.has(key)) return [];
  known.add(key);
  const own = span.events.findLast(({ name }) => name === 'exception')?.attributes ?? {};
  const error: ErrorFields<unknown> & { ts: Micros } = {
    kind: 'error',
    trace: IMPORTED_KEY,
    ts: endOf(span),
    ...(within !== undefined && { span: within }),
    location: textOfFirst(own, ['trace.error.location']) ?? step.name,
    type,
    message,
    ...(stack !== undefined && { stack }),
    fingerprint: textOfFirst(own, ['trace.error.fingerprint']) ?? sha256(key).toString('hex', 0, 8),
  };
  return [error];
}
