import { parentOfOtherTracer } from '../../context/other-tracer.js';
import type {
  CallObserver,
  CallTarget,
  CapturedWork,
  ErrorAbout,
  LogLine,
  LogSource,
  RemoteStart,
  SpanHandle,
  SpanStart,
  TraceCarrier,
  TraceContext,
  TraceRecorder,
  TraceRef,
  TraceStart,
} from '../../context/recorder.js';
import { ATTRIBUTE, type Attributes, type AttributeValue, textIn } from '../../model/attributes.js';
import type { JsonText, Payload } from '../../model/json-bytes.js';
import type { RecordDraft, SpanId } from '../../model/record.js';
import { performance } from '../../model/timers.js';
import { EVENT, type EventFacts } from '../../model/vocabulary.js';
import { aiOperationBegins } from '../ai/ai-operations.js';
import type { Admission } from './admission.js';
import type { ActiveTrace } from './active-trace.js';
import type { ContactResolver } from './contact/contact-resolver.js';
import { shownFacts } from './event-facts.js';
import { addAttributes } from './given-attributes.js';
import type { IdGenerator } from './id-generator.js';
import type { LogRecorder } from './log-recorder.js';
import { OpenSpan, type SpanParts } from './open-span.js';
import { addUsage, reportedUsage } from './reported-usage.js';
import type { TraceOpener } from './trace-opener.js';
import { FLAG_SAMPLED, readTraceParent, type TraceParent } from './trace-parent.js';
import type { TraceRegistry } from './trace-registry.js';
import { admittedTag } from './trace-tags.js';

export interface RecorderParts extends SpanParts {
  readonly admission: Admission;
  readonly opener: TraceOpener;
  readonly registry: TraceRegistry;
  readonly ids: IdGenerator;
  readonly contacts: ContactResolver;
  /** Begins the record of an outgoing call. Left out: none is recorded. */
  readonly outgoing?: {
    begin(ref: TraceRef, trace: ActiveTrace, target: CallTarget): CallObserver | undefined;
  };
  readonly logs: LogRecorder;
  /** The AI SDK, LangChain and LangGraph are recorded. */
  readonly ai?: boolean;
}

/**
 * Turns the calls of user code into records. Synchronous; no method throws into its caller. The methods that a step or an
 * event calls catch by themselves, without a closure for each call.
 */
export class FlightRecorder implements TraceRecorder {
  constructor(private readonly parts: RecorderParts) {}

  event(ref: TraceRef, type: string, data?: unknown, options?: { durationMs?: number }): void {
    try {
      const { admission, fields } = this.parts;
      const isReply = type === EVENT.sent;
      const trace = admission.admit(ref, isReply || type === EVENT.failed);
      if (!trace) return;
      const again = isReply && trace.replies.isAgain(data);
      if (isReply) trace.firstReplyMs ??= performance.now() - trace.startedMono;
      const payload = fields.payload(data);
      const facts = payload && shownFacts(type, data, payload);
      const shown = again ? { ...facts, again } : facts;
      this.writeEvent(trace, ref, fields.name(type), payload, shown, finite(options?.durationMs));
    } catch (error) {
      this.internalError('traceEvent', error);
    }
  }

  log(ref: TraceRef, level: string, source: LogSource, read: () => LogLine): void {
    this.safely('log', () => this.parts.logs.write(ref, level, source, read));
  }

  usage(ref: TraceRef, given: unknown): void {
    this.safely('traceUsage', () => {
      const { admission, fields } = this.parts;
      const usage = reportedUsage(given);
      const llm = usage && admission.traceOf(ref)?.spans.llmAround(ref.span);
      if (usage && llm) {
        llm.reported = addUsage(llm.reported, usage);
        return;
      }
      const trace = admission.admit(ref, false);
      if (!trace) return;
      if (usage?.model !== undefined) usage.model = fields.name(usage.model);
      if (usage?.provider !== undefined) usage.provider = fields.name(usage.provider);
      const agent = trace.spans.get(ref.span)?.agent;
      const facts = usage && { usage: agent === undefined ? usage : { ...usage, agent } };
      this.writeEvent(trace, ref, EVENT.usage, fields.payload(usage ?? given), facts);
    });
  }

  tag(ref: TraceRef, key: string, value: AttributeValue): void {
    this.safely('traceTag', () => {
      const { admission, serializer } = this.parts;
      const running = admission.traceOf(ref);
      const tag = running && admittedTag(running, key, value, serializer);
      const trace = tag && admission.admit(ref, true);
      if (trace) this.writeEvent(trace, ref, EVENT.tag, JSON.stringify(tag) as JsonText, { tag });
    });
  }

  error(ref: TraceRef, location: string, error: unknown, context?: unknown, about?: ErrorAbout): void {
    this.safely('traceError', () => {
      const { admission, errors } = this.parts;
      const trace = admission.traceOf(ref);
      if (!trace) return;
      const reason = errors.controlFlow(error);
      if (!trace.isNewError(error, reason !== undefined)) return;
      errors.write(ref, { error, location, context, about }, reason);
    });
  }

  startSpan(ref: TraceRef, start: SpanStart): SpanHandle | undefined {
    try {
      const { admission, ids, output, fields, clock } = this.parts;
      const trace = admission.admit(ref, false);
      if (!trace) return undefined;
      const span = start.id ?? ids.spanId();
      const parent = start.parent ?? parentOfOtherTracer(ref) ?? ref.span;
      const name = fields.name(start.name);
      const { given } = start;
      const attributes =
        given === undefined ? start.attributes : addAttributes(start.attributes, given, this.parts.serializer);
      const draft: RecordDraft & { kind: 'span' } = {
        kind: 'span',
        // `admit` read the clock.
        ts: start.began?.at ?? clock.now(trace.lastActivity),
        trace: trace.key,
        span,
        parent,
        name,
        type: start.kind,
        attributes,
        input: fields.payload(start.input),
        late: trace.ended || undefined,
      };
      if (!start.undecided) output.appendNow(trace, draft);
      trace.openSpans += 1;
      const info = trace.spans.open(span, parent, start.kind, name, textIn(attributes, ATTRIBUTE.model));
      info.provider = textIn(attributes, ATTRIBUTE.provider);
      if (start.undecided) info.undecided = true;
      if (start.kind === 'llm' && isLibrary(attributes)) info.awaitsCall = true;
      const inside: TraceRef = { recorder: this, key: trace.key, span, observed: ref.observed };
      return new OpenSpan(this.parts, trace, inside, info, start.began?.mono, start.undecided && draft);
    } catch (error) {
      this.internalError('startSpan', error);
      return undefined;
    }
  }

  call(ref: TraceRef, target: CallTarget): CallObserver | undefined {
    const { admission, outgoing } = this.parts;
    if (outgoing === undefined) return undefined;
    return this.safely('outgoing call', () => {
      const trace = admission.traceOf(ref);
      return trace?.recording ? outgoing.begin(ref, trace, target) : undefined;
    });
  }

  startTrace(start: TraceStart | TraceCarrier | RemoteStart): TraceRef {
    const { registry, opener, output, fields } = this.parts;
    const carrier = isCarrier(start) ? start : undefined;
    const running = carrier && registry.runningById(carrier.trace_id);
    if (running) return { recorder: this, key: running.key };
    const { contactId, message, type }: TraceStart = carrier
      ? { contactId: carrier.contact_id, type: 'continued' }
      : ((start as TraceStart | undefined) ?? {});
    const contact = fields.id(contactId);
    const remote = !carrier && isRemote(start) ? start : undefined;
    const trace = opener.open(
      remote ? callerOf(remote) : readTraceParent(carrier?.traceparent, carrier?.tracestate),
      { link: fields.id(carrier?.trace_id), contact, baggage: carrier?.baggage },
      { at: remote?.startedAt },
    );
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

  traceOf(w3cTraceId: string, parent?: SpanId): TraceRef | undefined {
    const trace = this.parts.registry.byW3cId(w3cTraceId, parent);
    return trace && { recorder: this, key: trace.key, span: parent === trace.rootSpan ? undefined : parent };
  }

  captures(_ref: TraceRef, work: CapturedWork): boolean {
    const { outgoing, ai } = this.parts;
    if (work === 'call') return outgoing !== undefined;
    return ai === true && (work === 'langchain' || aiOperationBegins());
  }

  isInside(ref: TraceRef, outer: SpanId): boolean {
    return this.parts.registry.get(ref.key)?.spans.isInside(ref.span, outer) ?? false;
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
        traceparent: trace.traceparent(spanId),
        ...carried(trace.continued),
      };
    });
  }

  carrierOf(ref: TraceRef): TraceCarrier | undefined {
    const context = this.contextOf(ref);
    return (
      context && {
        traceparent: context.traceparent,
        trace_id: context.traceId,
        contact_id: context.contactId,
        ...carried(context),
      }
    );
  }

  activeTraces(): number {
    return this.parts.registry.size;
  }

  together(work: () => void): void {
    this.parts.output.together(work);
  }

  internalError(where: string, error: unknown): void {
    this.parts.internalErrors.add(where, error);
  }

  private writeEvent(
    trace: ActiveTrace,
    ref: TraceRef,
    type: string,
    data: Payload | undefined,
    facts: EventFacts | undefined,
    ms?: number,
  ): void {
    this.parts.output.appendNow(trace, {
      kind: 'event',
      // `admit` read the clock.
      ts: this.parts.clock.now(trace.lastActivity),
      trace: trace.key,
      type,
      span: ref.span,
      ms,
      facts,
      data,
      late: trace.ended || undefined,
    });
  }

  private safely<T>(where: string, work: () => T): T | undefined {
    return this.parts.internalErrors.guard(where, work);
  }
}

/** The caller's `tracestate` and `baggage`, where there are any. */
function carried(from: Pick<TraceContext, 'tracestate' | 'baggage'> | undefined) {
  if (from === undefined) return undefined;
  const { tracestate, baggage } = from;
  return { ...(tracestate !== undefined && { tracestate }), ...(baggage !== undefined && { baggage }) };
}

function isRemote(start: object | undefined): start is RemoteStart {
  return typeof start === 'object' && 'w3cTraceId' in start;
}

function callerOf({ w3cTraceId, parent }: RemoteStart): TraceParent {
  return { traceId: w3cTraceId, parent, flags: FLAG_SAMPLED, state: undefined };
}

function isCarrier(start: TraceStart | TraceCarrier): start is TraceCarrier {
  return typeof start === 'object' && start !== null && 'traceparent' in start && 'trace_id' in start;
}

/** Whether the span was made for a library's call, which is seen a second time at the wire. */
function isLibrary(attributes: Attributes | undefined): boolean {
  const source = attributes?.[ATTRIBUTE.source];
  return source !== undefined && source !== 'http';
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
