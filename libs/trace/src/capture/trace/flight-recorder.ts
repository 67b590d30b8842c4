import {
  type ErrorAbout,
  NOTHING,
  type SpanHandle,
  type SpanOutcome,
  type SpanStart,
  type TraceCarrier,
  type TraceContext,
  type TraceRecorder,
  type TraceRef,
  type TraceStart,
} from '../../context/recorder.js';
import type { Clock } from '../../model/clock.js';
import { contactIdOf } from '../../model/contact-id.js';
import type { JsonBytes } from '../../model/json-bytes.js';
import type { Micros, SpanId } from '../../model/record.js';
import { performance } from '../../model/timers.js';
import { EVENT } from '../../model/vocabulary.js';
import { ActiveTrace } from './active-trace.js';
import type { ControlFlow } from './control-flow.js';
import type { Lifecycle } from './lifecycle.js';
import type { InternalErrors } from '../internal-errors.js';
import { shownFacts } from './event-facts.js';
import { MAX_NAME, NameTexts } from './name-texts.js';
import type { Serializer } from '../../serialize/serializer.js';
import type { ContactResolver } from './contact-resolver.js';
import type { IdGenerator } from './id-generator.js';
import { formatTraceparent, readTraceParent, type TraceParent } from './trace-parent.js';
import type { TraceOutput } from './trace-output.js';
import type { TraceRegistry } from './trace-registry.js';

/** Beyond the event limit errors and replies are still kept, up to this many: they are what people look for. */
const RESERVE = 200;

export interface RecorderParts {
  output: TraceOutput;
  serializer: Serializer;
  registry: TraceRegistry;
  identity: IdGenerator;
  identifier: ContactResolver;
  lifecycle: Lifecycle;
  clock: Clock;
  internalErrors: InternalErrors;
  controlFlow: ControlFlow;
  maxEventsPerTrace: number;
}

/** Turns what user code says into records. Synchronous, and nothing it does can throw into its caller. */
export class FlightRecorder implements TraceRecorder {
  /** Events that were said too late or too often to be kept, over all traces. */
  droppedEvents = 0;

  private readonly names: NameTexts;

  constructor(private readonly parts: RecorderParts) {
    this.names = new NameTexts(parts.serializer);
  }

  event(ref: TraceRef, type: string, data?: unknown, options?: { durationMs?: number }): void {
    this.safely('traceEvent', () => {
      const isReply = type === EVENT.sent;
      const trace = this.admit(ref, isReply);
      if (!trace) return;
      if (isReply) trace.firstReplyMs ??= performance.now() - trace.startedMono;
      const payload = this.payload(data);
      this.parts.output.appendNow(trace, {
        kind: 'event',
        ts: this.parts.clock.now(),
        trace: trace.key,
        type: this.names.get(type),
        span: ref.span,
        ms: finite(options?.durationMs),
        facts: payload && shownFacts(type, data, payload),
        data: payload,
        late: trace.ended || undefined,
      });
    });
  }

  error(ref: TraceRef, location: string, error: unknown, context?: unknown, about?: ErrorAbout): void {
    this.safely('traceError', () => {
      const trace = this.traceOf(ref);
      if (!trace?.isNewError(error)) return;
      const reason = this.parts.controlFlow(error);
      if (reason === undefined) this.writeError(trace, ref.span, location, error, context, about);
      else this.writeControlFlow(trace, ref.span, location, error, reason);
    });
  }

  startSpan(ref: TraceRef, start: SpanStart): SpanHandle | undefined {
    return this.safely('startSpan', () => {
      const trace = this.admit(ref, false);
      if (!trace) return undefined;
      const span = this.parts.identity.spanId();
      const name = this.names.get(start.name);
      this.parts.output.appendNow(trace, {
        kind: 'span',
        ts: this.parts.clock.now(),
        trace: trace.key,
        span,
        parent: ref.span,
        name,
        type: start.kind,
        input: this.payload(start.input),
        late: trace.ended || undefined,
      });
      trace.openSpans += 1;
      return new OpenSpan(this, trace, { recorder: this, key: trace.key, span }, name);
    });
  }

  /** @internal The span's own call, once. */
  endSpan(trace: ActiveTrace, span: SpanId, name: string, ms: number, outcome: SpanOutcome): void {
    trace.openSpans -= 1;
    trace.lastActivity = performance.now();
    this.safely('endSpan', () => {
      let how = outcome.kind;
      if (outcome.kind === 'error') {
        const reason = this.parts.controlFlow(outcome.error);
        if (reason !== undefined) how = 'cancelled';
        if (trace.isNewError(outcome.error)) {
          if (reason === undefined) this.writeError(trace, span, name, outcome.error, undefined);
          else this.writeControlFlow(trace, span, name, outcome.error, reason);
        }
      }
      this.parts.output.appendNow(trace, {
        kind: 'span_end',
        ts: this.parts.clock.now(),
        trace: trace.key,
        span,
        ms: Math.round(ms * 1000) / 1000,
        output: this.payload(outcome.output),
        // As text: the bytes of a record's payload are one buffer, and `output` has it.
        usage: outcome.usage === undefined ? undefined : this.parts.serializer.json(outcome.usage),
        outcome: how === 'ok' ? undefined : how,
        shape: outcome.shape,
        late: trace.ended || undefined,
      });
    });
  }

  startTrace(start: TraceStart | TraceCarrier): TraceRef {
    const carrier = isCarrier(start) ? start : undefined;
    const running = carrier && this.parts.registry.runningById(carrier.trace_id);
    if (running) return { recorder: this, key: running.key };
    const { contactId, message, type }: TraceStart = carrier
      ? { contactId: carrier.contact_id, type: 'continued' }
      : ((start as TraceStart | undefined) ?? {});
    const contact = this.id(contactId);
    const trace = this.open(readTraceParent(carrier?.traceparent), { link: this.id(carrier?.trace_id), contact });
    this.safely('runInTrace', () => {
      trace.identified = trace.handlerKnown = trace.manual = true;
      trace.contactId = contact ?? 'unknown';
      trace.events += 1;
      this.parts.output.append(trace, {
        kind: 'identify',
        ts: trace.startedAt,
        trace: trace.key,
        id: trace.traceId,
        contact: trace.contactId,
        message: message === undefined ? undefined : this.parts.serializer.text(message),
        type: this.names.get(type ?? 'manual'),
      });
    });
    return { recorder: this, key: trace.key };
  }

  contact(ref: TraceRef, contactId: string): void {
    this.safely('traceContact', () => {
      const trace = this.traceOf(ref);
      if (trace?.recording) this.parts.identifier.tell(trace, contactId);
    });
  }

  /**
   * Opens a trace and writes its first record.
   * @param how `held`: the record waits until the handler is known; `at`: when the request arrived, if that was earlier
   */
  open(
    caller: TraceParent | undefined,
    about: { link?: string; contact?: string; method?: string; path?: string },
    how: { held?: boolean; at?: Micros } = {},
  ): ActiveTrace {
    const { identity, output, registry, lifecycle, clock } = this.parts;
    const at = how.at ?? identity.nextInstant();
    const trace = new ActiveTrace(
      identity.nextKey(),
      identity.traceId(about.contact, at),
      caller?.traceId ?? identity.w3cTraceId(),
      identity.spanId(),
      at,
      how.at === undefined ? performance.now() : performance.now() - Math.max(0, clock.now() - at) / 1000,
    );
    if (how.held) {
      trace.fate = 'held';
      trace.held = [];
    }
    registry.add(trace);
    lifecycle.watch();
    output.append(trace, {
      kind: 'open',
      ts: at,
      trace: trace.key,
      id: trace.traceId,
      traceparent: formatTraceparent(trace.w3cTraceId, trace.rootSpan),
      link: about.link,
      parent: caller?.parent,
      sampled: caller?.sampled || undefined,
      tracestate: caller?.state && this.stateOf(caller.state),
      method: about.method,
      path: about.path,
    });
    return trace;
  }

  /** A handler that is no route's was reached: the trace of the ref is recorded, if that was not decided yet. */
  keep(ref: TraceRef): void {
    this.safely('handler', () => {
      const trace = this.traceOf(ref);
      if (!trace) return;
      trace.handlerReached = true;
      this.parts.output.keep(trace);
    });
  }

  /** The trace of a ref is not recorded, if that was not decided yet. */
  drop(ref: TraceRef): void {
    this.safely('handler', () => {
      const trace = this.parts.registry.get(ref.key);
      if (trace) this.parts.output.drop(trace);
    });
  }

  /** A request was refused before any handler ran: its trace ends with its response, unless something of it is open. */
  refused(trace: ActiveTrace): void {
    this.parts.lifecycle.endRefused(trace);
  }

  hold(ref: TraceRef): () => void {
    const trace = this.traceOf(ref);
    if (!trace || trace.ended) return () => undefined;
    trace.holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      trace.holds -= 1;
      trace.touch(performance.now(), this.parts.clock.now());
    };
  }

  contextOf(ref: TraceRef): TraceContext | undefined {
    return this.safely('currentTrace', () => {
      const trace = this.traceOf(ref);
      if (!trace?.recording) return undefined;
      this.parts.identifier.asked(trace);
      const spanId = ref.span ?? trace.rootSpan;
      return {
        traceId: trace.traceId,
        contactId: trace.contactId,
        spanId,
        traceparent: formatTraceparent(trace.w3cTraceId, spanId),
      };
    });
  }

  carrierOf(ref: TraceRef): TraceCarrier | undefined {
    const context = this.contextOf(ref);
    return context && { traceparent: context.traceparent, trace_id: context.traceId, contact_id: context.contactId };
  }

  internalError(where: string, error: unknown): void {
    this.parts.internalErrors.add(where, error);
  }

  /** The trace of a ref, with the decision about it confirmed: user code is running in it. */
  private traceOf(ref: TraceRef): ActiveTrace | undefined {
    const trace = this.parts.registry.get(ref.key);
    trace?.confirm?.();
    return trace;
  }

  /** The trace an event goes to, counted against its limit; `undefined`: it takes no more, or is long gone. */
  private admit(ref: TraceRef, important: boolean): ActiveTrace | undefined {
    const trace = this.traceOf(ref);
    if (!trace) {
      this.droppedEvents += 1;
      return undefined;
    }
    if (!trace.recording) return undefined;
    this.parts.identifier.ifReady(trace);
    trace.lastActivity = performance.now();
    if (trace.events >= this.parts.maxEventsPerTrace + (important ? RESERVE : 0)) {
      trace.dropped += 1;
      this.droppedEvents += 1;
      return undefined;
    }
    trace.events += 1;
    return trace;
  }

  private writeError(
    trace: ActiveTrace,
    span: SpanId | undefined,
    location: string,
    error: unknown,
    context: unknown,
    about?: ErrorAbout,
  ): void {
    if (!this.admit({ recorder: this, key: trace.key }, true)) return;
    const { serializer, output, clock } = this.parts;
    const parts = serializer.error(error);
    trace.errors += 1;
    trace.noteMessage(parts.message);
    output.appendNow(trace, {
      kind: 'error',
      ts: clock.now(),
      trace: trace.key,
      span,
      location: serializer.text(location, MAX_NAME),
      ...parts,
      guard: about?.guard === undefined ? undefined : this.names.get(about.guard),
      after_response: (trace.headersSent && !about?.inResponse) || undefined,
      context: this.payload(context),
      late: trace.ended || undefined,
    });
  }

  /** An exception that says what happens next: an event, no error. */
  private writeControlFlow(
    trace: ActiveTrace,
    span: SpanId | undefined,
    location: string,
    error: unknown,
    reason: string,
  ): void {
    if (!this.admit({ recorder: this, key: trace.key }, false)) return;
    const { serializer, output, clock } = this.parts;
    const { type, message } = serializer.error(error);
    output.appendNow(trace, {
      kind: 'event',
      ts: clock.now(),
      trace: trace.key,
      type: EVENT.controlFlow,
      span,
      data: this.payload({ location: serializer.text(location, MAX_NAME), type, message, reason }),
      late: trace.ended || undefined,
    });
  }

  /** A `tracestate` is propagated as it is or not at all: one with a secret is not kept. */
  private stateOf(state: string): string | undefined {
    return this.parts.serializer.name(state) === state ? state : undefined;
  }

  /** An id as people pass it: text or a number, bounded. Anything else is none. */
  private id(value: unknown): string | undefined {
    const id = contactIdOf(value);
    return id === undefined ? undefined : this.parts.serializer.id(id);
  }

  private payload(value: unknown): JsonBytes | undefined {
    return value === undefined || value === NOTHING ? undefined : this.parts.serializer.bytes(value);
  }

  private safely<T>(where: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.internalError(where, error);
      return undefined;
    }
  }
}

class OpenSpan implements SpanHandle {
  private readonly startedAt = performance.now();
  private open = true;

  constructor(
    private readonly recorder: FlightRecorder,
    private readonly trace: ActiveTrace,
    readonly ref: TraceRef,
    private readonly name: string,
  ) {}

  end(outcome: SpanOutcome): void {
    if (!this.open) return;
    this.open = false;
    this.recorder.endSpan(this.trace, this.ref.span!, this.name, performance.now() - this.startedAt, outcome);
  }
}

function isCarrier(start: TraceStart | TraceCarrier): start is TraceCarrier {
  return typeof start === 'object' && start !== null && 'traceparent' in start && 'trace_id' in start;
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
