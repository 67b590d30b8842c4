import { addParentFinder } from '../../context/other-tracer.js';
import { NOTHING, reportInternalError, type TraceRef } from '../../context/recorder.js';
import { currentRef, currentStore, refByW3cId, UNTRACED } from '../../context/trace-context.js';
import { ATTRIBUTE } from '../../model/attributes.js';
import type { SpanId } from '../../model/record.js';
import { seenSpans } from '../seen-spans.js';
import { startOf } from '../step-of.js';
import { acceptByDefault, isOfModels, type StartedSpan } from './accept.js';
import { isAlreadyRecorded } from './already-recorded.js';
import { type KnownSpan, KnownSpans } from './known-spans.js';
import { momentOf } from './moments.js';
import { otelSpan, parentIdOf, type SdkSpan } from './sdk-span.js';
import { outcomeOf } from './span-outcome.js';
import { startFacts } from './start-facts.js';

/** Options of `TraceSpanProcessor`. */
export interface TraceSpanProcessorOptions {
  /**
   * Whether to record a span that begins inside a trace. Default: `acceptByDefault`. A span that is not recorded leaves no gap: what is
   * inside it belongs to the nearest recorded span around it. One that throws accepts nothing, and is counted in health's `self_errors`.
   */
  accept?: (span: StartedSpan) => boolean;
}

/**
 * Records spans of OpenTelemetry in the trace of the webhook in which they begin. Add it to the application's tracer provider, beside
 * the processors that export. It works with SDK 1.x and 2.x, imports neither, changes no span, and records nothing outside of traces.
 *
 * A span that capture has by itself (an outgoing HTTP call, an operation of the AI SDK, a run of LangChain, the request) is not recorded
 * a second time. Inputs and outputs are bounded and redacted as all others. At most 10,000 spans are open at a time; the oldest of more
 * is no longer waited for, and counted in health's `self_errors`.
 *
 * @example
 * const provider = new NodeTracerProvider({ spanProcessors: [new TraceSpanProcessor()] });
 * provider.register();
 */
export class TraceSpanProcessor {
  private readonly accept: (span: StartedSpan) => boolean;
  private readonly spans = new KnownSpans((span) => this.drop(span));
  private readonly seen = seenSpans();
  private readonly stopFinding: () => void;
  private stopped = false;

  constructor(options: TraceSpanProcessorOptions = {}) {
    this.accept = options.accept ?? acceptByDefault;
    this.stopFinding = addParentFinder((ref, active) => this.parentFor(ref, this.spans.get(active)));
  }

  /** Called by the SDK. */
  onStart(span: SdkSpan, _context?: unknown): void {
    if (this.stopped) return;
    const store = currentStore();
    if (store === UNTRACED) return;
    let ref: TraceRef | undefined;
    try {
      const around = this.spans.get(parentIdOf(span));
      ref = currentRef() ?? around?.recorded?.ref ?? around?.ref ?? byW3cId(span);
      if (ref !== undefined) this.begin(span, ref, around);
    } catch (error) {
      if (ref !== undefined) reportInternalError(ref.recorder, 'TraceSpanProcessor.onStart', error);
    }
  }

  /** Called by the SDK. */
  onEnd(span: SdkSpan): void {
    const known = this.spans.end(span.spanContext().spanId);
    const handle = known?.handle;
    if (known === undefined || handle === undefined) return;
    known.handle = undefined;
    try {
      handle.end(outcomeOf(span, known.undecided));
    } catch (error) {
      reportInternalError(known.ref.recorder, 'TraceSpanProcessor.onEnd', error);
      handle.end({ kind: 'ok', output: NOTHING });
    }
  }

  /** Resolves at once: every record is written when its span begins or ends. */
  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  /** Records no more spans. Those that are open no longer keep their traces open. */
  shutdown(): Promise<void> {
    this.stopped = true;
    this.stopFinding();
    for (const { handle } of this.spans.clear()) handle?.release?.();
    return Promise.resolve();
  }

  private begin(span: SdkSpan, ref: TraceRef, around: KnownSpan | undefined): void {
    const read = otelSpan(span);
    const { type, name } = startOf(read);
    const started = { name: span.name, scope: read.scope.name, type, attributes: read.attributes, kind: read.kind };
    const captured = isAlreadyRecorded(started, ref, around);
    const known: { -readonly [K in keyof KnownSpan]: KnownSpan[K] } = {
      id: read.spanId,
      scope: read.scope.name,
      ref,
      recorded: around?.recorded,
      captured,
      handle: undefined,
      undecided: false,
    };
    if (!captured && this.accepts(started, ref)) {
      known.undecided = type === 'step' && isOfModels(known.scope);
      known.handle = ref.recorder.startSpan(ref, {
        id: read.spanId,
        parent: this.parentFor(ref, around) ?? ref.span,
        name,
        kind: type,
        input: NOTHING,
        attributes: { [ATTRIBUTE.source]: 'otel' },
        given: startFacts(read.attributes, type),
        began: momentOf(read.startedAt),
        ...(known.undecided && { undecided: true }),
      });
      if (known.handle) known.recorded = known;
    }
    this.spans.add(known);
    this.seen.add(read.traceId, read.spanId);
  }

  private accepts(span: StartedSpan, ref: TraceRef): boolean {
    try {
      return this.accept(span);
    } catch (error) {
      reportInternalError(ref.recorder, 'TraceSpanProcessor.accept', error);
      return false;
    }
  }

  /** The recorded span of OpenTelemetry as the parent; `undefined`: the ref's own span was opened inside it, or there is none. */
  private parentFor(ref: TraceRef, around: KnownSpan | undefined): SpanId | undefined {
    const outer = around?.recorded;
    if (outer === undefined || outer.ref.key !== ref.key || outer.ref.recorder !== ref.recorder) return undefined;
    if (outer.ref.span === ref.span) return outer.id;
    return ref.recorder.isInside?.(ref, outer.id) ? undefined : outer.id;
  }

  private drop({ ref, handle }: KnownSpan): void {
    if (handle === undefined) return;
    handle.release?.();
    reportInternalError(
      ref.recorder,
      'TraceSpanProcessor',
      new Error('More than 10,000 spans are open. Spans that never end?'),
    );
  }
}

function byW3cId(span: SdkSpan): TraceRef | undefined {
  return refByW3cId(span.spanContext().traceId, parentIdOf(span));
}
