import type { ReadWebhookOptions } from '../../context/decorators/trace-webhook.decorator.js';
import { currentRef, currentStore, runInStore, UNTRACED } from '../../context/trace-context.js';
import { FlightRecorder } from '../trace/flight-recorder.js';
import type { ActiveTrace } from '../trace/active-trace.js';
import type { TraceOutput } from '../trace/trace-output.js';
import { type Arrival, type Exchange, ROUTED, targetIn, type Visit, type Visits } from './visit.js';
import type { VisitOpener } from './visit-opener.js';
import type { WebhookFilter } from './webhook-filter.js';
import type { NestRoute } from './routes/nest-routes.js';

/** Effect of the router's choice on the rest of a request. */
export interface Reached {
  /**
   * Calls the handler in its context. `declined` is given where the handler may still decline the request; it returns
   * whether the host did not fit, rather than the handler itself going on.
   */
  run<R>(handler: (declined: (() => boolean) | undefined) => R): R;
}

/** Keeps, drops or opens the trace of a request once the router has chosen its handler. */
export class RouteDecision {
  constructor(
    private readonly filter: WebhookFilter,
    private readonly visits: Visits,
    private readonly opener: VisitOpener,
    private readonly output: TraceOutput,
  ) {}

  /** Whether a request without a trace needs no decision: the route is not traced. Nothing but look-ups. */
  passes(route: NestRoute, raw: Exchange['raw']): boolean {
    if (route.wish === false) {
      if (this.filter.hasPredicates) this.visits.noteArrival(raw, ROUTED);
      dropOuter();
      return true;
    }
    const arrival = this.visits.arrivalOf(raw);
    return !(
      route.wish !== undefined ||
      route.byPath ||
      route.ambiguous ||
      (arrival !== undefined && arrival < 0 && arrival !== ROUTED) ||
      this.filter.hasPredicates
    );
  }

  /** `undefined`: the request has no trace and gets none. */
  decide(route: NestRoute, exchange: Exchange, known: Visit | undefined): Reached | undefined {
    if (known && known.trace.fate !== 'held') return inContext(known);
    const { raw, request } = exchange;
    const arrival = this.visits.arrivalOf(raw);
    const target = known?.target ?? targetIn(exchange);
    // At arrival the rules did not take the request, unless they were not asked.
    const askRules = arrival === undefined || arrival < 0;
    const options = route.ambiguous ? {} : this.filter.chosen(route, request, askRules ? target : undefined);
    if (options === false && !known) {
      if (!route.hostBound) this.visits.noteArrival(raw, ROUTED);
      return undefined;
    }
    const visit = known ?? this.opener.open(exchange, { inDoubt: route.ambiguous }, target, arrival);
    if (route.ambiguous) {
      this.name(visit.trace, route.path);
      visit.trace.inDoubt = true;
      return inContext(visit);
    }
    if (route.hostBound) return this.untilDeclined(visit, route.path, options, raw, known ? undefined : { arrival });
    this.name(visit.trace, route.path);
    this.settle(visit.trace, options);
    return inContext(visit);
  }

  /** Keeps a held trace. */
  keep(trace: ActiveTrace, options: ReadWebhookOptions): void {
    if (trace.request) trace.request.declared = options;
    trace.replyRule = options.reply;
    this.output.keep(trace);
  }

  /** Adds the matched path to the record that waits for this decision; where that is written already, to one of its own. */
  private name(trace: ActiveTrace, path: string): void {
    const [open] = trace.held;
    if (open?.kind === 'open') open.route = path;
    else this.output.append(trace, { kind: 'handler', ts: trace.lastAt, trace: trace.key, route: path });
  }

  private settle(trace: ActiveTrace, options: ReadWebhookOptions | false): void {
    if (options === false) this.output.drop(trace);
    else this.keep(trace, options);
  }

  /**
   * The handler may decline the request because its host does not fit. The decision holds as soon as code of the
   * application runs.
   * @param opened the trace was opened for this route; without it the request is as it was
   */
  private untilDeclined(
    { trace, ref }: Visit,
    path: string,
    options: ReadWebhookOptions | false,
    raw: Exchange['raw'],
    opened: { arrival: Arrival | undefined } | undefined,
  ): Reached {
    const confirm = (): void => {
      trace.confirm = undefined;
      this.name(trace, path);
      this.settle(trace, options);
    };
    trace.confirm = confirm;
    return {
      run: (handler) => {
        const result = runInStore(options === false ? UNTRACED : ref, handler, () => {
          // Nothing of the application ran in between: the host does not fit, and the router goes on.
          if (trace.confirm !== confirm) return false;
          trace.confirm = undefined;
          if (opened) {
            this.output.drop(trace);
            this.visits.noteArrival(raw, opened.arrival);
          }
          return true;
        });
        trace.confirm?.();
        return result;
      },
    };
  }
}

/** An application around this one may have opened a trace of the request: the handler's `@NoTrace()` applies to that too. */
function dropOuter(): void {
  const outer = currentRef();
  if (outer?.recorder instanceof FlightRecorder) outer.recorder.drop(outer);
}

/** The rest of a request in its trace, or in none. A context that is already entered is not entered again. */
function inContext({ trace, ref }: Visit): Reached {
  const store = trace.recording ? ref : UNTRACED;
  return {
    run: (handler) => {
      const now = currentStore();
      return now === store ? handler(undefined) : runInStore(store, handler, undefined);
    },
  };
}
