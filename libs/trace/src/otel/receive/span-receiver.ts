import type { TraceRecorder, TraceRef } from '../../context/recorder.js';
import { reportInternalError } from '../../context/recorder.js';
import { textOfFirst } from '../names/values.js';
import type { ReceivedHealth } from '../../model/health.js';
import { together } from '../../model/together.js';
import type { OtelSpan } from '../otel-span.js';
import { inTurns } from './in-turns.js';
import { type Begun, beginSpan, endSpan, Moments } from './record-spans.js';
import { seenSpans } from '../seen-spans.js';
import { byTrace, parentsFirst } from './span-forest.js';

/** Who a conversation is with, in spans that belong to no webhook. */
const CONTACT = ['user.id', 'enduser.id', 'session.id', 'gen_ai.conversation.id'];

/** Traces that run at the same time, above which spans open no further ones: each takes some KB of memory. */
const MAX_RUNNING = 10_000;

/** What became of the spans of one request. */
export interface Received {
  recorded: number;
  /** Recorded before: the sender repeats them. */
  repeated: number;
  /** Their trace is none of this process. */
  orphans: number;
  /** Their trace takes no more spans: its limit is reached. */
  full: number;
}

/** Takes spans of other processes into the traces that they belong to, by W3C trace id. */
export class SpanReceiver {
  private readonly seen = seenSpans();
  private readonly totals: Received = { recorded: 0, repeated: 0, orphans: 0, full: 0 };
  private invalid = 0;
  private refusals = 0;

  /**
   * @param recorder asked at each request: recording may be off
   * @param orphans what is done with spans of no trace of this process
   */
  constructor(
    private readonly recorder: () => TraceRecorder | undefined,
    private readonly orphans: 'drop' | 'trace',
  ) {}

  /** Sums since the start of the process; `undefined`: there was no request. */
  health(): ReceivedHealth | undefined {
    const { recorded, repeated, orphans, full } = this.totals;
    const counts = { recorded, repeated, orphans, over_limit: full, invalid: this.invalid };
    const health = { ...counts, refused_requests: this.refusals };
    return Object.values(health).some((count) => count > 0) ? health : undefined;
  }

  /** Why no request is taken now, with the cure; `undefined`: requests are taken. */
  busy(): string | undefined {
    if (this.orphans === 'drop' || (this.recorder()?.activeTraces?.() ?? 0) < MAX_RUNNING) return undefined;
    return `${MAX_RUNNING} traces run at the same time. Send the spans again in a few seconds, and the spans of a trace together.`;
  }

  /** Counts a request that was refused whole. */
  refused(): void {
    this.refusals += 1;
  }

  /**
   * Records spans, with pauses in which the application works. Throws nothing.
   *
   * @param invalid how many further spans of the request cannot be recorded
   */
  async receive(spans: readonly OtelSpan[], invalid = 0): Promise<Received> {
    this.invalid += invalid;
    const result: Received = { recorded: 0, repeated: 0, orphans: 0, full: 0 };
    const recorder = this.recorder();
    try {
      if (recorder) {
        // What a turn records is one write: the sender has no answer yet.
        await inTurns(this.record(recorder, spans, result), (turn) => together(recorder, turn));
      } else result.orphans = spans.length;
    } catch (error) {
      if (recorder) reportInternalError(recorder, 'otlp', error);
    }
    for (const name of Object.keys(result) as (keyof Received)[]) this.totals[name] += result[name];
    return result;
  }

  /** `undefined`: the spans belong to no trace that this process has, and are not kept. */
  private traceFor(recorder: TraceRecorder, traceId: string, spans: readonly OtelSpan[]): TraceRef | undefined {
    const [first] = spans;
    const found = first && recorder.traceOf?.(traceId, first.parentSpanId);
    if (found || this.orphans === 'drop' || !first) return found;
    const contact = spans.map(({ attributes }) => textOfFirst(attributes, CONTACT)).find((text) => text !== undefined);
    return recorder.startTrace({
      type: 'otlp',
      ...(contact !== undefined && { contactId: contact }),
      w3cTraceId: traceId,
      ...(first.parentSpanId !== undefined && { parent: first.parentSpanId }),
      startedAt: first.startedAt,
    });
  }

  private *record(recorder: TraceRecorder, spans: readonly OtelSpan[], result: Received): Generator<void, void> {
    for (const [traceId, of] of byTrace(spans)) {
      yield;
      const ordered = parentsFirst(of);
      const trace = this.traceFor(recorder, traceId, ordered);
      if (trace) yield* this.recordTrace(trace, traceId, ordered, result);
      else result.orphans += of.length;
    }
  }

  private *recordTrace(
    trace: TraceRef,
    traceId: string,
    spans: readonly OtelSpan[],
    result: Received,
  ): Generator<void, void> {
    const moments = new Moments();
    const begun: Begun[] = [];
    for (const span of spans) {
      yield;
      if (!this.seen.add(traceId, span.spanId)) {
        result.repeated += 1;
        continue;
      }
      // Of several requests in one trace of the caller, the one around the span.
      const around = trace.recorder.traceOf?.(traceId, span.parentSpanId) ?? trace;
      const one = beginSpan({ recorder: trace.recorder, key: around.key }, around.span, span, moments);
      if (one) begun.push(one);
      else result.full += 1;
    }
    // Those inside end first, so an error is recorded where it was thrown.
    const errors = new Map<string, Error>();
    for (const one of begun.toSorted((a, b) => endOf(a) - endOf(b))) {
      yield;
      endSpan(one, moments, errors);
      result.recorded += 1;
    }
  }
}

function endOf({ span }: Begun): number {
  return span.endedAt ?? span.startedAt;
}
