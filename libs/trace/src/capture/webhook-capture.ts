import type { IncomingMessage, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { TraceRef } from '../context/recorder.js';
import type { TraceWebhookOptions } from '../context/trace-webhook.decorator.js';
import type { Clock } from '../model/clock.js';
import type { RecordSink } from '../model/record.js';
import { performance } from '../model/timers.js';
import type { ActiveTrace } from './active-trace.js';
import type { CapturedRequest } from './capture.options.js';
import type { FlightRecorder } from './flight-recorder.js';
import { type ResponseEnd, watchResponse } from './response-watch.js';
import type { SelfErrors } from './self-errors.js';
import type { Serializer } from './serialize/serializer.js';
import type { TraceIdentifier } from './trace-identifier.js';
import { traceIdOfTraceparent } from './trace-identity.js';

/** Decides whether a request opens a trace; `undefined`: it does not. */
export type WebhookFilter = (request: CapturedRequest, method: string, path: string) => WebhookMatch | undefined;

export interface WebhookMatch {
  /** From `@TraceWebhook(options)`, when the route has it. */
  declared?: TraceWebhookOptions;
}

/** A webhook's way through the application: arrival, handler, response. Every method is safe to call from a hook. */
export class WebhookCapture {
  private readonly refs = new WeakMap<IncomingMessage, TraceRef>();

  constructor(
    private readonly recorder: FlightRecorder,
    private readonly identifier: TraceIdentifier,
    private readonly sink: RecordSink,
    private readonly serializer: Serializer,
    private readonly clock: Clock,
    private readonly selfErrors: SelfErrors,
    private readonly traces: { get(key: string): ActiveTrace | undefined },
    private readonly filter: WebhookFilter,
  ) {}

  /**
   * A request arrived. Opens its trace, once, if it is a webhook, and answers the context the rest of it must run in.
   * @param request the framework's own; what `capture.contactId` and predicates are given
   */
  arrive(request: CapturedRequest, raw: IncomingMessage, response: ServerResponse): TraceRef | undefined {
    return this.selfErrors.guard('webhook arrival', () => {
      const known = this.refs.get(raw);
      if (known) return known;
      const { method, path, search } = target(raw);
      const match = this.filter(request, method, path);
      return match && this.openFor(request, raw, response, { method, path, search, declared: match.declared });
    });
  }

  refOf(raw: IncomingMessage): TraceRef | undefined {
    return this.refs.get(raw);
  }

  /** The framework parsed the body. */
  parsed(raw: IncomingMessage): TraceRef | undefined {
    return this.selfErrors.guard('body', () => {
      const ref = this.refs.get(raw);
      const trace = ref && this.traces.get(ref.key);
      if (trace) this.identifier.ifReady(trace);
      return ref;
    });
  }

  /** Nest chose `handler` (`Class.method`) and is about to call it. */
  enterHandler(raw: IncomingMessage, handler: string): TraceRef | undefined {
    return this.selfErrors.guard('handler', () => {
      const ref = this.refs.get(raw);
      const trace = ref && this.traces.get(ref.key);
      if (!trace) return undefined;
      if (!trace.identified) this.identifier.now(trace, handler);
      else if (!trace.handlerKnown) {
        trace.handlerKnown = true;
        this.sink.append({ kind: 'handler', ts: this.clock.now(), trace: trace.key, handler });
      }
      return ref;
    });
  }

  private openFor(
    request: CapturedRequest,
    raw: IncomingMessage,
    response: ServerResponse,
    pending: { method: string; path: string; search: string; declared?: TraceWebhookOptions },
  ): TraceRef {
    const trace = this.recorder.open(traceIdOfTraceparent(raw.headers.traceparent), {
      method: pending.method,
      path: this.serializer.url(pending.path + pending.search).slice(0, 2_048),
    });
    trace.responseDone = false;
    trace.request = { ...pending, request };
    const ref: TraceRef = { recorder: this.recorder, key: trace.key };
    this.refs.set(raw, ref);
    watchResponse(raw, response, {
      onHeaders: () =>
        this.selfErrors.guard('response headers', () => {
          this.identifier.now(trace);
          if (!response.headersSent) response.setHeader('x-trace-id', trace.traceId);
        }),
      hasBody: () => request.body !== undefined,
      onEnd: (end) => this.selfErrors.guard('response end', () => this.finish(trace, ref, pending, response, end)),
    });
    return ref;
  }

  private finish(
    trace: ActiveTrace,
    ref: TraceRef,
    { method, path }: { method: string; path: string },
    response: ServerResponse,
    { cut, status: told, errorAnswer }: ResponseEnd,
  ): void {
    trace.responseDone = true;
    trace.lastActivity = performance.now();
    this.identifier.now(trace);
    // 499 is nginx's word for "the client closed the request": no answer went out, so there is no status of our own.
    const status = cut === 'upload' || (cut && !response.headersSent) ? 499 : told;
    trace.events += 1;
    this.sink.append({
      kind: 'response',
      ts: this.clock.now(),
      trace: trace.key,
      status,
      ms: Math.round((trace.lastActivity - trace.startedMono) * 1000) / 1000,
      aborted: cut ? true : undefined,
    });
    const location = `${method} ${path}`;
    const broken = cut && BROKEN[cut];
    if (cut === 'server' && (trace.errors > 0 || isEventStream(response))) return;
    if (broken) this.recorder.error(ref, location, new TransferError(broken.name, broken.message));
    else if (status >= 400 && !cut && trace.errors === 0) {
      const reason = answerMessage(errorAnswer) ?? STATUS_CODES[status] ?? 'no reason given';
      this.recorder.error(ref, location, new TransferError('HttpStatusError', `${status} ${reason}`));
    }
  }
}

/** Transfers that broke. A client that leaves before it is answered is none: the work may have ended well. */
const BROKEN: Partial<Record<NonNullable<ResponseEnd['cut']>, { name: string; message: string }>> = {
  upload: { name: 'UploadAborted', message: 'the client went away before its request was whole' },
  server: { name: 'AnswerCut', message: 'the connection was closed on this side before the answer was whole' },
};

/** A stream of events has no last byte: whoever closes it, closes it as intended. */
function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream');
}

/** Stands for an error that nobody threw where we could see it: a guard, a body parser, a router said no. */
class TransferError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
    // Where it was made tells nothing of where it came from.
    this.stack = undefined;
  }
}

/** Nest's error shape has a `message`: a text, or several from a validation pipe. */
function answerMessage(answer: string | undefined): string | undefined {
  if (!answer?.startsWith('{')) return undefined;
  try {
    const { message } = JSON.parse(answer) as { message?: unknown };
    if (typeof message === 'string') return message;
    return Array.isArray(message) ? message.join('; ') : undefined;
  } catch {
    return undefined;
  }
}

/** The request's target before any router rewrote `url`: Express and connect keep it as `originalUrl`. */
function target(raw: IncomingMessage): { method: string; path: string; search: string } {
  const url = (raw as IncomingMessage & { originalUrl?: string }).originalUrl ?? raw.url ?? '/';
  const cut = url.indexOf('?');
  return {
    method: raw.method ?? 'GET',
    path: cut === -1 ? url : url.slice(0, cut),
    search: cut === -1 ? '' : url.slice(cut),
  };
}
