import type {
  ErrorAbout,
  SpanHandle,
  SpanStart,
  TraceCarrier,
  TraceContext,
  TraceRecorder,
  TraceRef,
  TraceStart,
} from '../../context/recorder.js';
import { ATTRIBUTE, textIn } from '../../model/attributes.js';
import { performance } from '../../model/timers.js';
import { EVENT } from '../../model/vocabulary.js';
import type { Admission } from './admission.js';
import type { ContactResolver } from './contact/contact-resolver.js';
import { shownFacts } from './event-facts.js';
import type { IdGenerator } from './id-generator.js';
import { OpenSpan, type SpanParts } from './open-span.js';
import type { TraceOpener } from './trace-opener.js';
import { formatTraceparent, readTraceParent } from './trace-parent.js';
import type { TraceRegistry } from './trace-registry.js';

export interface RecorderParts extends SpanParts {
  readonly admission: Admission;
  readonly opener: TraceOpener;
  readonly registry: TraceRegistry;
  readonly ids: IdGenerator;
  readonly contacts: ContactResolver;
}

/** Turns the calls of user code into records. Synchronous; no method throws into its caller. */
export class FlightRecorder implements TraceRecorder {
  constructor(private readonly parts: RecorderParts) {}

  event(ref: TraceRef, type: string, data?: unknown, options?: { durationMs?: number }): void {
    this.safely('traceEvent', () => {
      const { admission, output, fields, clock } = this.parts;
      const isReply = type === EVENT.sent;
      const trace = admission.admit(ref, isReply);
      if (!trace) return;
      if (isReply) trace.firstReplyMs ??= performance.now() - trace.startedMono;
      const payload = fields.payload(data);
      output.appendNow(trace, {
        kind: 'event',
        ts: clock.now(),
        trace: trace.key,
        type: fields.name(type),
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
      const { admission, errors } = this.parts;
      const trace = admission.traceOf(ref);
      if (!trace?.isNewError(error)) return;
      errors.write(ref, { error, location, context, about }, errors.controlFlow(error));
    });
  }

  startSpan(ref: TraceRef, start: SpanStart): SpanHandle | undefined {
    return this.safely('startSpan', () => {
      const { admission, ids, output, fields, clock } = this.parts;
      const trace = admission.admit(ref, false);
      if (!trace) return undefined;
      const span = ids.spanId();
      const name = fields.name(start.name);
      output.appendNow(trace, {
        kind: 'span',
        ts: start.began?.at ?? clock.now(),
        trace: trace.key,
        span,
        parent: ref.span,
        name,
        type: start.kind,
        attributes: start.attributes,
        input: fields.payload(start.input),
        late: trace.ended || undefined,
      });
      trace.openSpans += 1;
      const info = trace.spans.open(span, ref.span, start.kind, name, textIn(start.attributes, ATTRIBUTE.model));
      info.provider = textIn(start.attributes, ATTRIBUTE.provider);
      return new OpenSpan(this.parts, trace, { recorder: this, key: trace.key, span }, info, start.began?.mono);
    });
  }

  startTrace(start: TraceStart | TraceCarrier): TraceRef {
    const { registry, opener, output, fields } = this.parts;
    const carrier = isCarrier(start) ? start : undefined;
    const running = carrier && registry.runningById(carrier.trace_id);
    if (running) return { recorder: this, key: running.key };
    const { contactId, message, type }: TraceStart = carrier
      ? { contactId: carrier.contact_id, type: 'continued' }
      : ((start as TraceStart | undefined) ?? {});
    const contact = fields.id(contactId);
    const trace = opener.open(readTraceParent(carrier?.traceparent), { link: fields.id(carrier?.trace_id), contact });
    this.safely('runInTrace', () => {
      trace.identified = trace.handlerKnown = trace.manual = true;
      trace.contactId = contact ?? 'unknown';
      trace.events += 1;
      output.append(trace, {
        kind: 'identify',
        ts: trace.startedAt,
        trace: trace.key,
        id: trace.traceId,
        contact: trace.contactId,
        message: fields.text(message),
        type: fields.name(type ?? 'manual'),
      });
    });
    return { recorder: this, key: trace.key };
  }

  contact(ref: TraceRef, contactId: string): void {
    this.safely('traceContact', () => {
      const trace = this.parts.admission.traceOf(ref);
      if (trace?.recording) this.parts.contacts.setContact(trace, contactId);
    });
  }

  /** A handler that belongs to no route was reached: keeps the trace of the ref if that is still undecided. */
  keep(ref: TraceRef): void {
    this.safely('handler', () => {
      const trace = this.parts.admission.traceOf(ref);
      if (!trace) return;
      trace.handlerReached = true;
      this.parts.output.keep(trace);
    });
  }

  /** Drops the trace of a ref if that is still undecided. */
  drop(ref: TraceRef): void {
    this.safely('handler', () => {
      const trace = this.parts.registry.get(ref.key);
      if (trace) this.parts.output.drop(trace);
    });
  }

  hold(ref: TraceRef): () => void {
    const trace = this.parts.admission.traceOf(ref);
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
      const trace = this.parts.admission.traceOf(ref);
      if (!trace?.recording) return undefined;
      this.parts.contacts.resolveIfArrived(trace);
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

  private safely<T>(where: string, work: () => T): T | undefined {
    return this.parts.internalErrors.guard(where, work);
  }
}

function isCarrier(start: TraceStart | TraceCarrier): start is TraceCarrier {
  return typeof start === 'object' && start !== null && 'traceparent' in start && 'trace_id' in start;
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
