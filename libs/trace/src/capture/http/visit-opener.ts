import { performance } from '../../model/timers.js';
import { BodyWatch } from '../request/body-watch.js';
import type { InternalErrors } from '../internal-errors.js';
import type { IdGenerator } from '../trace/id-generator.js';
import type { TraceOpener } from '../trace/trace-opener.js';
import { readTraceParent } from '../trace/trace-parent.js';
import type { ResponseParts, ResponseRecorder } from './response/response-recorder.js';
import type { ResponseHeader } from './response/response-header.js';
import type { ResponseEnd, ResponseListener } from './response/response-listener.js';
import { watchResponse } from './response/response-watch.js';
import { type Arrival, type Exchange, ROUTED, targetIn, type Visit, type Visits } from './visit.js';
import type { WebhookMatch } from './webhook-filter.js';

const MAX_URL = 2_048;

export interface OpenerParts extends ResponseParts {
  readonly opener: TraceOpener;
  readonly ids: IdGenerator;
}

/** Opens the trace of a request, held until its handler is known, and watches its body and its response. */
export class VisitOpener {
  constructor(
    private readonly parts: OpenerParts,
    private readonly visits: Visits,
    private readonly responses: ResponseRecorder,
  ) {}

  /** @param arrival of a request that was passed over at first: the trace begins there */
  open(exchange: Exchange, { declared, inDoubt }: WebhookMatch, target = targetIn(exchange), arrival?: Arrival): Visit {
    const { recorder, opener, ids, serializer, internalErrors } = this.parts;
    const { request, raw, response } = exchange;
    const method = raw.method ?? 'GET';
    const { path, search } = target;
    const ago = arrival === undefined || arrival === ROUTED ? undefined : performance.now() - Math.abs(arrival);
    const trace = opener.open(
      readTraceParent(raw.headers.traceparent, raw.headers.tracestate),
      { method, path: serializer.url(path + search).slice(0, MAX_URL), baggage: raw.headers.baggage },
      { held: true, at: ago === undefined ? undefined : ids.instantBefore(ago) },
    );
    trace.responseDone = false;
    trace.inDoubt = inDoubt;
    trace.request = { method, path, search, declared, request, watch: BodyWatch.of(raw) };
    const visit: Visit = { trace, ref: { recorder, key: trace.key }, target, method, request, response };
    this.visits.add(raw, visit);
    watchResponse(raw, response, new VisitResponse(visit, this.responses, internalErrors));
    return visit;
  }
}

/** Records the response of a visit. */
class VisitResponse implements ResponseListener {
  constructor(
    private readonly visit: Visit,
    private readonly responses: ResponseRecorder,
    private readonly internalErrors: InternalErrors,
  ) {}

  onHeaders(): ResponseHeader | undefined {
    try {
      return this.responses.headers(this.visit);
    } catch (error) {
      this.internalErrors.add('response headers', error);
      return undefined;
    }
  }

  hasBody(): boolean {
    return this.visit.request.body !== undefined;
  }

  onEnd(end: ResponseEnd): void {
    try {
      this.responses.end(this.visit, this.visit.response, end);
    } catch (error) {
      this.internalErrors.add('response end', error);
    }
  }
}
