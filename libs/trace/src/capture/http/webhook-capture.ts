import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorAbout, TraceRef } from '../../context/recorder.js';
import { currentRef, currentStore, runInStore, UNTRACED } from '../../context/trace-context.js';
import type { TraceWebhookOptions } from '../../context/decorators/trace-webhook.decorator.js';
import type { Clock } from '../../model/clock.js';
import { performance } from '../../model/timers.js';
import type { ActiveTrace } from '../trace/active-trace.js';
import { BodyWatch } from './body/body-watch.js';
import { isUploadBroken } from './body/broken-upload.js';
import type { CapturedRequest } from '../capture.options.js';
import { answerText, takeAnswer } from './response/error-response.js';
import { FlightRecorder } from '../trace/flight-recorder.js';
import { answerMessage } from './response/response-message.js';
import { graphqlErrors, isGraphqlRequest } from './response/graphql-errors.js';
import type { NestRoute, NestRoutes } from './routes/nest-routes.js';
import type { RecordingState } from '../trace/recording-state.js';
import { nodeRequestOf, type RequestTarget, targetOf } from './request-target.js';
import { type ResponseEnd, watchResponse } from './response/response-watch.js';
import type { InternalErrors } from '../internal-errors.js';
import type { Serializer } from '../../serialize/serializer.js';
import { type HandlerContext, handlerName } from '../nest/swallowed-errors.js';
import type { ContactResolver } from '../trace/contact-resolver.js';
import type { IdGenerator } from '../trace/id-generator.js';
import { readTraceParent } from '../trace/trace-parent.js';
import type { TraceOutput } from '../trace/trace-output.js';
import { transferError } from './response/transfer-error.js';
import type { WebhookFilter, WebhookMatch } from './webhook-filter.js';

/** Stands where a handler took a request that is not traced: the predicates are not asked again. */
const ROUTED = -Infinity;

export interface WebhookParts {
  recorder: FlightRecorder;
  identifier: ContactResolver;
  identity: IdGenerator;
  output: TraceOutput;
  serializer: Serializer;
  clock: Clock;
  internalErrors: InternalErrors;
  filter: WebhookFilter;
  responseHeader: string | false;
  /** Off: no request gets a trace. */
  recording: RecordingState;
  /** The application's routes; none where nothing is installed on an adapter. */
  routes?: NestRoutes;
}

/** A request that has a trace, kept or not. */
interface Visit {
  readonly trace: ActiveTrace;
  readonly ref: TraceRef;
  readonly target: RequestTarget;
  readonly method: string;
  readonly request: CapturedRequest;
  /** What was thrown before it was decided whether the trace is recorded. */
  failure?: Failure;
  /** An exception came before any handler: what a filter then answers may be a 200. */
  refused?: boolean;
}

interface Failure {
  readonly exception: unknown;
  readonly about: ErrorAbout;
}

/**
 * When a request without a trace arrived, by `performance.now()`: the router's choice may open one. Negative where the
 * route was expected to be a `@NoTrace()` one, so that the rules were not asked.
 */
type Arrival = number;

type Noted = IncomingMessage & { [noted: symbol]: Arrival | undefined };

/** What the router's choice means for the rest of a request. */
export interface Reached {
  /**
   * Calls the handler in its context. `declined` is given where the handler may still decline the request; it returns
   * whether that was a host that does not fit, rather than the handler itself going on.
   */
  run<R>(handler: (declined: (() => boolean) | undefined) => R): R;
}

/** A webhook's way through the application: arrival, route, handler, response. Every method is safe to call from a hook. */
export class WebhookCapture {
  private readonly visits = new WeakMap<IncomingMessage, Visit>();
  /**
   * On requests without a trace. A property of the request costs them 0.7 µs, an entry of a WeakMap 2.7. One for each
   * application: the same request may go through two.
   */
  private readonly arrival = Symbol('nestjs-trace-collector.arrival');

  constructor(private readonly parts: WebhookParts) {}

  get routes(): NestRoutes | undefined {
    return this.parts.routes;
  }

  get internalErrors(): InternalErrors {
    return this.parts.internalErrors;
  }

  /**
   * A request arrived. Opens its trace, once, if it is expected to be a webhook, and returns the context that the rest of
   * it must run in. The trace is held until the router has chosen a handler.
   * @param request the framework's own; what `capture.contactId` and predicates are given
   */
  arrive(request: CapturedRequest, raw: IncomingMessage, response: ServerResponse): TraceRef | undefined {
    if (!this.parts.recording.on) return undefined;
    return this.internalErrors.guard('webhook arrival', () => {
      if ((raw as Noted)[this.arrival] !== undefined) return undefined;
      const known = this.visits.get(raw);
      if (known) return known.ref;
      const { filter } = this.parts;
      const target = targetOf(raw, isWrapped(request, raw));
      const match = filter.expected(request, raw.method ?? 'GET', target);
      if (match !== undefined && match !== 'never') return this.open(request, raw, response, target, match).ref;
      const now = performance.now();
      (raw as Noted)[this.arrival] = match === 'never' ? -now : now;
      if (filter.hasPredicates) response.once('close', () => this.unrouted(request, raw, response));
      return undefined;
    });
  }

  /** The trace of a request; `undefined`: it has none, or its handler is not traced. */
  refOf(raw: IncomingMessage): TraceRef | undefined {
    const visit = this.visitOf(raw);
    return visit?.trace.recording ? visit.ref : undefined;
  }

  /** The framework parsed the body. */
  parsed(raw: IncomingMessage): TraceRef | undefined {
    return this.internalErrors.guard('body', () => {
      const visit = this.visitOf(raw);
      if (!visit?.trace.recording) return undefined;
      this.parts.identifier.ifReady(visit.trace);
      return visit.ref;
    });
  }

  /** The router chose a route. `undefined`: the request has no trace and gets none, the handler is called as it is. */
  reach(
    route: NestRoute,
    request: CapturedRequest,
    response: ServerResponse & { raw?: ServerResponse },
  ): Reached | undefined {
    const raw = nodeRequestOf(request);
    const visit = this.visitOf(raw);
    if (!visit) {
      if (!this.parts.recording.on) return undefined;
      if (route.wish === false) {
        if (this.parts.filter.hasPredicates) (raw as Noted)[this.arrival] = ROUTED;
        dropOuter();
        return undefined;
      }
      // The common case of a route that is not traced: nothing but this look-up.
      if (!this.mayOpen(route, (raw as Noted)[this.arrival])) return undefined;
    }
    return this.internalErrors.guard('route', () =>
      this.decide(route, request, raw, isWrapped(request, raw) ? response.raw! : response, visit),
    );
  }

  /** Nest is about to call the handler. `undefined`: it is not traced. */
  enterHandler(raw: IncomingMessage, context: HandlerContext): TraceRef | undefined {
    const visit = this.visitOf(raw);
    if (!visit) return undefined;
    return this.internalErrors.guard('handler', () => {
      const { identifier, output, clock, filter } = this.parts;
      const { trace, ref, target } = visit;
      trace.confirm?.();
      if (trace.fate === 'held') {
        // Not seen at the router: a handler that several controllers inherit, or one that Nest registered unseen.
        const wish = filter.wish(context.getHandler(), context.getClass());
        if (wish === false || (wish === undefined && !filter.takes(target))) output.drop(trace);
        else this.keep(trace, wish ?? {});
      }
      if (!trace.recording) return undefined;
      trace.handlerReached = true;
      const handler = handlerName(context);
      if (!trace.identified && identifier.isReady(trace)) identifier.now(trace, handler);
      else if (!trace.handlerKnown) {
        trace.handlerKnown = true;
        output.append(trace, { kind: 'handler', ts: clock.now(), trace: trace.key, handler });
      }
      return ref;
    });
  }

  has(raw: IncomingMessage): boolean {
    return this.visitOf(raw) !== undefined;
  }

  owns(ref: TraceRef): boolean {
    return ref.recorder === this.parts.recorder;
  }

  /** An exception of a request, before a filter answers it. What a handler threw was recorded before, with its name. */
  failed(raw: IncomingMessage, exception: unknown, about: ErrorAbout): void {
    const visit = this.visitOf(raw);
    // A parser that fails on an upload that broke off adds nothing: the end of the response records it.
    if (!visit || isUploadBroken(raw, visit.request.body !== undefined)) return;
    visit.refused = !visit.trace.handlerReached;
    // Of a refused request whose path may belong to a `@NoTrace()` route nothing may be written yet.
    if (visit.trace.fate === 'held') visit.failure ??= { exception, about };
    else this.recordFailure(visit, { exception, about });
  }

  private recordFailure({ ref, method, target }: Visit, { exception, about }: Failure): void {
    this.parts.recorder.error(ref, `${method} ${target.path}`, exception, undefined, about);
  }

  private recordHeldFailure(visit: Visit): void {
    const { failure } = visit;
    visit.failure = undefined;
    if (failure) this.recordFailure(visit, failure);
  }

  /** A handler that is no route's (a resolver of GraphQL) was reached in the context of a request. */
  enterOther(ref: TraceRef | undefined): void {
    if (ref?.recorder === this.parts.recorder) this.parts.recorder.keep(ref);
  }

  private visitOf(raw: IncomingMessage): Visit | undefined {
    return (raw as Noted)[this.arrival] === undefined ? this.visits.get(raw) : undefined;
  }

  private mayOpen(route: NestRoute, arrival: Arrival | undefined): boolean {
    return (
      route.wish !== undefined ||
      route.byPath ||
      route.ambiguous ||
      (arrival !== undefined && arrival < 0 && arrival !== ROUTED) ||
      this.parts.filter.hasPredicates
    );
  }

  private decide(
    route: NestRoute,
    request: CapturedRequest,
    raw: IncomingMessage,
    response: ServerResponse,
    known: Visit | undefined,
  ): Reached | undefined {
    const { filter, output } = this.parts;
    const arrival = (raw as Noted)[this.arrival];
    let visit = known;
    if (visit && visit.trace.fate !== 'held') return inContext(visit);
    const target = visit?.target ?? targetOf(raw, isWrapped(request, raw));
    // At arrival the rules did not take it, unless nothing was asked of them.
    const askRules = arrival === undefined || arrival < 0;
    const options = route.ambiguous ? {} : filter.chosen(route, request, askRules ? target : undefined);
    if (options === false && !visit) {
      if (!route.hostBound) (raw as Noted)[this.arrival] = ROUTED;
      return undefined;
    }
    const openedNow = visit === undefined;
    if (!visit) {
      visit = this.open(request, raw, response, target, { inDoubt: route.ambiguous }, arrival);
    }
    const { trace } = visit;
    if (route.ambiguous) {
      trace.inDoubt = true;
      return inContext(visit);
    }
    const settle = (): void => {
      trace.confirm = undefined;
      if (options === false) output.drop(trace);
      else this.keep(trace, options);
    };
    if (!route.hostBound) {
      settle();
      return inContext(visit);
    }
    trace.confirm = settle;
    return {
      run: (handler) => {
        const result = runInStore(options === false ? UNTRACED : visit.ref, handler, () => {
          // Nothing of the application ran in between: a host that does not fit, and the router goes on.
          if (trace.confirm !== settle) return false;
          trace.confirm = undefined;
          if (openedNow) output.drop(trace);
          if (openedNow) (raw as Noted)[this.arrival] = arrival;
          return true;
        });
        trace.confirm?.();
        return result;
      },
    };
  }

  private keep(trace: ActiveTrace, options: TraceWebhookOptions): void {
    if (trace.request) trace.request.declared = options;
    this.parts.output.keep(trace);
  }

  /** A request that no rule took at arrival is over, and no handler of Nest took it: the predicates have not been asked. */
  private unrouted(request: CapturedRequest, raw: IncomingMessage, response: ServerResponse): void {
    this.internalErrors.guard('webhook arrival', () => {
      const arrival = (raw as Noted)[this.arrival];
      if (arrival === undefined || arrival < 0 || !this.parts.filter.unrouted(request)) return;
      const target = targetOf(raw, isWrapped(request, raw));
      const visit = this.open(request, raw, response, target, { inDoubt: false }, arrival);
      const cut = response.writableFinished ? undefined : raw.complete ? 'client' : 'upload';
      this.finish(visit, response, { cut, status: response.statusCode, errorAnswer: undefined });
    });
  }

  private open(
    request: CapturedRequest,
    raw: IncomingMessage,
    response: ServerResponse,
    target: RequestTarget,
    { declared, inDoubt }: WebhookMatch,
    arrival?: Arrival,
  ): Visit {
    const { recorder, serializer, identity, identifier, output, responseHeader } = this.parts;
    const method = raw.method ?? 'GET';
    const { path, search } = target;
    const ago = arrival === undefined || arrival === ROUTED ? undefined : performance.now() - Math.abs(arrival);
    const trace = recorder.open(
      readTraceParent(raw.headers.traceparent, raw.headers.tracestate),
      { method, path: serializer.url(path + search).slice(0, 2_048) },
      { held: true, at: ago === undefined ? undefined : identity.instantBefore(ago) },
    );
    trace.responseDone = false;
    trace.inDoubt = inDoubt;
    trace.request = { method, path, search, declared, request, watch: BodyWatch.of(raw) };
    const visit: Visit = { trace, ref: { recorder, key: trace.key }, target, method, request };
    this.visits.set(raw, visit);
    if (arrival !== undefined) (raw as Noted)[this.arrival] = undefined;
    watchResponse(raw, response, {
      onHeaders: () =>
        this.internalErrors.guard('response headers', () => {
          output.settle(trace);
          if (!trace.recording) return undefined;
          identifier.now(trace);
          this.recordHeldFailure(visit);
          trace.headersSent = true;
          return responseHeader === false ? undefined : { name: responseHeader, value: trace.traceId };
        }),
      hasBody: () => request.body !== undefined,
      onEnd: (end) => this.internalErrors.guard('response end', () => this.finish(visit, response, end)),
    });
    return visit;
  }

  private finish(visit: Visit, response: ServerResponse, { cut, status: told, errorAnswer }: ResponseEnd): void {
    const { trace, ref, method } = visit;
    const { path } = visit.target;
    const { identifier, output, clock, recorder } = this.parts;
    const answer = takeAnswer(response);
    trace.responseDone = true;
    output.settle(trace);
    if (!trace.recording) return;
    const ts = clock.now();
    trace.touch(performance.now(), ts);
    trace.clientLeft = cut === 'client' || cut === 'upload';
    identifier.atLast(trace);
    this.recordHeldFailure(visit);
    // 499 is nginx's word for "the client closed the request": no answer went out, so there is no status of our own.
    const status = cut === 'upload' || (cut && !response.headersSent) ? 499 : told;
    trace.events += 1;
    output.append(trace, {
      kind: 'response',
      ts,
      trace: trace.key,
      status,
      ms: Math.round((trace.lastActivity - trace.startedMono) * 1000) / 1000,
      // What this side cut off is an error, or the end of an event stream; the client did not leave.
      aborted: trace.clientLeft ? true : undefined,
      error: status < 400 && trace.errors === 0 ? undefined : this.errorIn(errorAnswer ?? answerText(answer)),
    });
    if (isGraphqlRequest(visit.request, visit.target.search)) this.recordGraphqlErrors(visit, answer);
    const error = transferError(response, status, { cut, errorAnswer, recorded: trace.errors });
    if (error) recorder.error(ref, `${method} ${path}`, error, undefined, IN_RESPONSE);
    // Another answer of less than 400 is that of a middleware, which may be at work still (Telegraf, Bolt).
    if (!trace.handlerReached && !cut && (status >= 400 || visit.refused)) recorder.refused(trace);
  }

  /** Message of the error in a response's body: it proves which recorded error became the response. */
  private errorIn(body: string | undefined): string | undefined {
    const message = answerMessage(body);
    return message === undefined ? undefined : this.parts.serializer.text(message, MAX_ANSWER_MESSAGE);
  }

  /** Errors of the document, and of resolvers that no layer of Nest is around. Those that are recorded are left out. */
  private recordGraphqlErrors(visit: Visit, answer: string | Uint8Array | undefined): void {
    const { recorder, serializer } = this.parts;
    const { trace, ref } = visit;
    const errors = graphqlErrors(answer);
    // As many as are recorded: an application that masks messages has them in other words.
    if (errors.length <= trace.errors) return;
    for (const error of errors) {
      if (trace.hasMessage(serializer.text(error.message))) continue;
      const location = error.path === undefined ? `${visit.method} ${visit.target.path}` : `GraphQL ${error.path}`;
      recorder.error(ref, location, error, undefined, IN_RESPONSE);
    }
  }
}

/** Characters kept of the message in a response. */
const MAX_ANSWER_MESSAGE = 500;

const IN_RESPONSE: ErrorAbout = { inResponse: true };

/** Fastify wraps Node's request, and its router compares decoded paths; Express extends the request. */
function isWrapped(request: CapturedRequest, raw: IncomingMessage): boolean {
  return (request as unknown) !== raw;
}

/** An application around this one may have opened a trace of the request: the handler's `@NoTrace()` holds for that too. */
function dropOuter(): void {
  const outer = currentRef();
  if (outer?.recorder instanceof FlightRecorder) outer.recorder.drop(outer);
}

/** The rest of a request in its trace, or in none. A context that is there already is not entered again. */
function inContext({ trace, ref }: Visit): Reached {
  const store = trace.recording ? ref : UNTRACED;
  return {
    run: (handler) => {
      const now = currentStore();
      return now === store ? handler(undefined) : runInStore(store, handler, undefined);
    },
  };
}
