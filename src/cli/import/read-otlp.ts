import { TraceCollectorError } from '../../../libs/trace/src/model/errors.js';
import { isPlainObject } from '../../../libs/trace/src/model/objects.js';
import { formatTraceId, ZonedStamp } from '../../../libs/trace/src/model/trace-id.js';
import { emptyHead, reduceHead } from '../../../libs/trace/src/model/trace.reducer.js';
import type { FullTraceResponse } from '../../../libs/trace/src/contract/responses.js';
import { contactIn, startOf } from '../../../libs/trace/src/otel/import/root-records.js';
import { IMPORTED_KEY } from '../../../libs/trace/src/otel/import/drafts.js';
import { spanRecords } from '../../../libs/trace/src/otel/import/span-records.js';
import type { OtelSpan } from '../../../libs/trace/src/otel/otel-span.js';
import { byTrace } from '../../../libs/trace/src/otel/receive/span-forest.js';
import { readOtlpObject } from '../../../libs/trace/src/otel/wire/read-json.js';
import { WireFault } from '../../../libs/trace/src/otel/wire/wire-fault.js';
import { defineEventTypes } from '../../../libs/trace/src/views/events/event-types.js';
import { fullTrace } from '../../../libs/trace/src/views/responses/full-trace.js';
import { assemble } from '../../../libs/trace/src/views/trace/assemble.js';
import { usageError } from '../cli-error.js';

/** Milliseconds from which a trace is slow, as in the application without options. */
const SLOW_MS = 5_000;
/** Ids that an error names. */
const NAMED_IDS = 20;

/** Whether parsed JSON is a request of OTLP, or a list of them: a file with one on each line. */
export function isOtlp(value: unknown): boolean {
  return isPlainObject(value) && Array.isArray(value.resourceSpans);
}

/**
 * One trace of OTLP's JSON, as if it were stored here.
 *
 * @param wanted beginning of its W3C trace id or of its public id; needed where the file has several traces
 * @throws TraceCollectorError `DATA_UNREADABLE` where it has no valid spans; a usage error where the trace is not clear
 */
export function readOtlp(requests: readonly unknown[], wanted: string | undefined): FullTraceResponse {
  const spans = requests.flatMap((request) => spansIn(request));
  const traces = [...byTrace(unique(spans))].map(([w3c, of]) => ({ w3c, of, id: idOf(of) }));
  const found = traces.filter(
    ({ w3c, id }) => !wanted || w3c.startsWith(wanted.toLowerCase()) || id.startsWith(wanted),
  );
  if (found.length !== 1) throw notOne(found.length > 0 ? found : traces, wanted, found.length);
  const [{ of, id }] = found as [(typeof found)[number]];
  const records = spanRecords(of, id);
  const head = records.reduce((into, record) => reduceHead(into, record), emptyHead(IMPORTED_KEY));
  return fullTrace(assemble({ head, records }), {
    types: defineEventTypes(),
    zone: new ZonedStamp('UTC'),
    now: head.lastAt,
    slowMs: SLOW_MS,
    hints: [],
    duplicateOf: null,
  });
}

function spansIn(request: unknown): readonly OtelSpan[] {
  try {
    const { spans, rejected, reason } = readOtlpObject(request);
    if (spans.length > 0) return spans;
    throw unreadable(rejected > 0 ? reason! : 'it has no spans.');
  } catch (error) {
    if (error instanceof WireFault) throw unreadable(error.message);
    throw error;
  }
}

function unreadable(why: string): TraceCollectorError {
  return new TraceCollectorError('DATA_UNREADABLE', `This OTLP JSON has no trace: ${why}`);
}

/** A file of a collector may have a batch twice. */
function unique(spans: readonly OtelSpan[]): OtelSpan[] {
  return [...new Map(spans.map((span) => [span.traceId + span.spanId, span])).values()];
}

function idOf(spans: readonly OtelSpan[]): string {
  const own = spans.map(({ attributes }) => attributes['trace.id']).find((id) => typeof id === 'string');
  return (own as string | undefined) ?? formatTraceId(contactIn(spans), startOf(spans), new ZonedStamp('UTC'));
}

function notOne(
  traces: readonly { w3c: string; of: readonly OtelSpan[] }[],
  wanted: string | undefined,
  found: number,
): Error {
  const ids = traces.slice(0, NAMED_IDS).map(({ w3c, of }) => `  ${w3c} (${of.length} spans, ${of[0]!.name})`);
  const more = traces.length > NAMED_IDS ? [`  and ${traces.length - NAMED_IDS} more`] : [];
  const what =
    wanted === undefined
      ? `the file has ${traces.length} traces; choose one with --trace-id`
      : `--trace-id '${wanted}' is ${found === 0 ? 'none' : `the beginning of ${found}`} of the file's traces`;
  return usageError([`${what}:`, ...ids, ...more].join('\n'));
}
