import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Type } from '@nestjs/common';
import type { ErrorAbout, TraceRef } from '../../context/recorder.js';
import { performance } from '../../model/timers.js';
import type { CapturedRequest } from '../capture.options.js';
import type { InternalErrors } from '../internal-errors.js';
import { isUploadBroken, nodeRequestOf } from '../request/node-request.js';
import type { RecordingState } from '../trace/recording-state.js';
import { targetOf } from './request-target.js';
import { ResponseRecorder } from './response/response-recorder.js';
import { mayReply } from './response/response-reply.js';
import { watchWrites } from './response/written-body.js';
import type { NestRoute, NestRoutes } from './routes/nest-routes.js';
import { type Reached, RouteDecision } from './route-decision.js';
import { type Exchange, isWrapped, type Visit, Visits } from './visit.js';
import { type OpenerParts, VisitOpener } from './visit-opener.js';
import type { WebhookFilter } from './webhook-filter.js';

export interface WebhookParts extends OpenerParts {
  readonly filter: WebhookFilter;
  /** Off: no request gets a trace. */
  readonly recording: RecordingState;
  /** The application's routes; none where nothing is installed on an adapter. */
  readonly routes?: NestRoutes;
}

/** A webhook's way through the application: arrival, route, handler, response. Every method is safe to call from a hook. */
export class WebhookCapture {
  private readonly visits = new Visits();
  private readonly responses: ResponseRecorder;
  private readonly opener: VisitOpener;
  private readonly decision: RouteDecision;

  constructor(private readonly parts: WebhookParts) {
    this.responses = new ResponseRecorder(parts);
    this.opener = new VisitOpener(parts, this.visits, this.responses);
    this.decision = new RouteDecision(parts.filter, this.visits, this.opener, parts.output);
  }

  get routes(): NestRoutes | undefined {
    return this.parts.routes;
  }

  get internalErrors(): InternalErrors {
    return this.parts.internalErrors;
  }

  /**
   * A request arrived. Opens its trace, once, if it is expected to be a webhook, and returns the context that the rest of
   * the request must run in. The trace is held until the router has chosen a handler.
   */
  arrive(request: CapturedRequest, raw: IncomingMessage, response: ServerResponse): TraceRef | undefined {
    if (!this.parts.recording.on) return undefined;
    try {
      return this.expect(request, raw, response);
    } catch (error) {
      this.internalErrors.add('webhook arrival', error);
      return undefined;
    }
  }

  private expect(request: CapturedRequest, raw: IncomingMessage, response: ServerResponse): TraceRef | undefined {
    const { visits, opener } = this;
    const { filter } = this.parts;
    if (visits.arrivalOf(raw) !== undefined) return undefined;
    const known = visits.of(raw);
    if (known) return known.ref;
    const target = targetOf(raw, isWrapped(request, raw));
    const match = filter.expected(request, raw.method ?? 'GET', target);
    if (match !== undefined && match !== 'never') return opener.open({ request, raw, response }, match, target).ref;
    const now = performance.now();
    visits.noteArrival(raw, match === 'never' ? -now : now);
    if (filter.hasPredicates) response.once('close', () => this.unrouted({ request, raw, response }));
    return undefined;
  }

  /** The trace of a request; `undefined`: it has none, or its handler is not traced. */
  refOf(raw: IncomingMessage): TraceRef | undefined {
    const visit = this.visits.of(raw);
    return visit?.trace.recording ? visit.ref : undefined;
  }

  /** The framework parsed the body. */
  parsed(raw: IncomingMessage): TraceRef | undefined {
    const visit = this.visits.of(raw);
    if (!visit?.trace.recording) return undefined;
    try {
      this.parts.contacts.resolveIfReady(visit.trace);
      return visit.ref;
    } catch (error) {
      this.internalErrors.add('body', error);
      return undefined;
    }
  }

  /** The router chose a route. `undefined`: the request has no trace and gets none, the handler is called as it is. */
  reach(
    route: NestRoute,
    request: CapturedRequest,
    response: ServerResponse & { raw?: ServerResponse },
  ): Reached | undefined {
    const raw = nodeRequestOf(request);
    const visit = this.visits.of(raw);
    if (!visit && (!this.parts.recording.on || this.decision.passes(route, raw))) return undefined;
    try {
      const exchange = { request, raw, response: isWrapped(request, raw) ? response.raw! : response };
      return this.decision.decide(route, exchange, visit);
    } catch (error) {
      this.internalErrors.add('route', error);
      return undefined;
    }
  }

  /**
   * Nest is about to call a handler. `undefined`: it is not traced.
   *
   * @param name `Class.method`
   */
  enterHandler(raw: IncomingMessage, owner: Type, handler: object, name: string): TraceRef | undefined {
    const visit = this.visits.of(raw);
    if (!visit) return undefined;
    try {
      return this.enter(visit, owner, handler, name);
    } catch (error) {
      this.internalErrors.add('handler', error);
      return undefined;
    }
  }

  private enter({ trace, ref, target, response }: Visit, owner: Type, handler: object, name: string) {
    const { contacts, output, clock, filter } = this.parts;
    trace.confirm?.();
    if (trace.fate === 'held') {
      // Not seen at the router: a handler that several controllers inherit, or one that Nest registered unseen.
      const wish = filter.wish(handler, owner);
      if (wish === false || (wish === undefined && !filter.takes(target))) output.drop(trace);
      else this.decision.keep(trace, wish ?? {});
    }
    if (!trace.recording) return undefined;
    trace.handlerReached = true;
    if (!trace.identified && contacts.isReady(trace)) contacts.resolve(trace, name);
    else if (!trace.handlerKnown) {
      trace.handlerKnown = true;
      output.append(trace, { kind: 'handler', ts: clock.now(), trace: trace.key, handler: name });
    }
    if (mayReply({ dialect: trace.dialect, rule: trace.replyRule })) watchWrites(response);
    return ref;
  }

  /** A handler that belongs to no route (a resolver of GraphQL) was reached in the context of a request. */
  enterOther(ref: TraceRef): void {
    if (this.owns(ref)) this.parts.recorder.keep(ref);
  }

  has(raw: IncomingMessage): boolean {
    return this.visits.of(raw) !== undefined;
  }

  owns(ref: TraceRef): boolean {
    return ref.recorder === this.parts.recorder;
  }

  /** An exception of a request, before a filter answers it. A handler's error was recorded before, with the handler's name. */
  failed(raw: IncomingMessage, exception: unknown, about: ErrorAbout): void {
    const visit = this.visits.of(raw);
    // A parser that fails on an upload that broke off adds nothing: the end of the response records it.
    if (!visit || isUploadBroken(raw, visit.request.body !== undefined)) return;
    visit.refused = !visit.trace.handlerReached;
    // Nothing may be written yet about a refused request whose path may belong to a `@NoTrace()` route.
    if (visit.trace.fate === 'held') visit.failure ??= { exception, about };
    else this.responses.recordFailure(visit, { exception, about });
  }

  /** A request that no rule took at arrival is over, and no handler of Nest took it: the predicates are asked now. */
  private unrouted(exchange: Exchange): void {
    this.internalErrors.guard('webhook arrival', () => {
      const { visits, opener, responses } = this;
      const { request, raw, response } = exchange;
      const arrival = visits.arrivalOf(raw);
      if (arrival === undefined || arrival < 0 || !this.parts.filter.unrouted(request)) return;
      const visit = opener.open(exchange, { inDoubt: false }, undefined, arrival);
      const cut = response.writableFinished ? undefined : raw.complete ? 'client' : 'upload';
      responses.end(visit, response, { cut, status: response.statusCode, errorAnswer: undefined });
    });
  }
}
