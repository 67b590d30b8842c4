import { performance } from '../model/timers.js';
import { NOTHING } from '../context/recorder.js';
import type { AttributeValue, Attributes } from '../model/attributes.js';
import type {
  LogLine,
  LogSource,
  SpanHandle,
  SpanOutcome,
  SpanStart,
  TraceCarrier,
  TraceContext,
  TraceRecorder,
  TraceRef,
  TraceStart,
} from '../context/recorder.js';

export interface RecordedSpan extends SpanStart {
  id: string;
  trace: string;
  parent: string | undefined;
  outcome: SpanOutcome | undefined;
  /** Milliseconds from start to end; `undefined` while open. */
  ms: number | undefined;
  /** What `set` was given, merged. */
  added: Attributes;
  /** What `usage` was given. */
  usages: unknown[];
}

export interface RecordedEvent {
  trace: string;
  span: string | undefined;
  type: string;
  data: unknown;
  durationMs: number | undefined;
}

export interface RecordedLine extends LogLine {
  trace: string;
  span: string | undefined;
  level: string;
  source: LogSource;
}

/** A recorder that keeps its arguments unchanged, for specs and for the conformance suite. */
export class MemoryRecorder implements TraceRecorder {
  readonly spans: RecordedSpan[] = [];
  readonly events: RecordedEvent[] = [];
  readonly errors: { trace: string; location: string; error: unknown; context: unknown }[] = [];
  readonly lines: RecordedLine[] = [];
  readonly usages: { trace: string; span: string | undefined; usage: unknown }[] = [];
  readonly tags: { trace: string; key: string; value: AttributeValue }[] = [];
  readonly internalErrors: { where: string; error: unknown }[] = [];
  readonly starts: (TraceStart | TraceCarrier)[] = [];
  /** Traces held open, once per hold. */
  readonly holds: string[] = [];
  /** No more spans than this. */
  maxSpans = Number.POSITIVE_INFINITY;
  private next = 0;

  event(ref: TraceRef, type: string, data?: unknown, options?: { durationMs?: number }): void {
    this.events.push({ trace: ref.key, span: ref.span, type, data, durationMs: options?.durationMs });
  }

  error(ref: TraceRef, location: string, error: unknown, context?: unknown): void {
    this.errors.push({ trace: ref.key, location, error, context });
  }

  startSpan(ref: TraceRef, start: SpanStart): SpanHandle | undefined {
    if (this.spans.length >= this.maxSpans) return undefined;
    const id = this.newId();
    const span: RecordedSpan = {
      ...start,
      id,
      trace: ref.key,
      parent: ref.span,
      outcome: undefined,
      ms: undefined,
      added: {},
      usages: [],
    };
    this.spans.push(span);
    const startedAt = performance.now();
    return {
      ref: { recorder: this, key: ref.key, span: id },
      end(outcome) {
        if (span.outcome !== undefined) return;
        span.outcome = outcome;
        span.ms = performance.now() - startedAt;
      },
      set: (attributes) => void Object.assign(span.added, attributes),
      usage: (usage) => void span.usages.push(usage),
    };
  }

  log(ref: TraceRef, level: string, source: LogSource, read: () => LogLine): void {
    this.lines.push({ trace: ref.key, span: ref.span, level, source, ...read() });
  }

  usage(ref: TraceRef, usage: unknown): void {
    this.usages.push({ trace: ref.key, span: ref.span, usage });
  }

  tag(ref: TraceRef, key: string, value: AttributeValue): void {
    this.tags.push({ trace: ref.key, key, value });
  }

  startTrace(start: TraceStart | TraceCarrier): TraceRef {
    this.starts.push(start);
    return { recorder: this, key: `trace-${this.starts.length}` };
  }

  hold(ref: TraceRef): () => void {
    this.holds.push(ref.key);
    return () => void this.holds.splice(this.holds.indexOf(ref.key), 1);
  }

  contextOf(ref: TraceRef): TraceContext {
    const spanId = ref.span ?? '0'.repeat(16);
    return { traceId: ref.key, contactId: 'c1', spanId, traceparent: `00-${'a'.repeat(32)}-${spanId}-01` };
  }

  carrierOf(ref: TraceRef): TraceCarrier {
    return { traceparent: this.contextOf(ref).traceparent, trace_id: ref.key, contact_id: 'c1' };
  }

  internalError(where: string, error: unknown): void {
    this.internalErrors.push({ where, error });
  }

  /** The spans as `name:outcome`, nested: `a:ok > b:error`. */
  tree(): string[] {
    return this.spans.map((span) => this.pathOf(span));
  }

  private pathOf(span: RecordedSpan): string {
    const parent = this.spans.find(({ id }) => id === span.parent);
    const self = `${span.name}:${span.outcome?.kind ?? 'open'}`;
    return parent === undefined ? self : `${this.pathOf(parent)} > ${self}`;
  }

  private newId(): string {
    this.next += 1;
    return this.next.toString(16).padStart(16, '0');
  }
}

/** The recorded output of a span that ended without an error; `NOTHING` otherwise. */
export function outputOf(span: RecordedSpan | undefined): unknown {
  return span?.outcome?.kind === 'ok' ? span.outcome.output : NOTHING;
}
