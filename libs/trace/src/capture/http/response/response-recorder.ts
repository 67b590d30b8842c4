import type { ServerResponse } from 'node:http';
import type { ErrorAbout } from '../../../context/recorder.js';
import type { Clock } from '../../../model/clock.js';
import { performance } from '../../../model/timers.js';
import type { Serializer } from '../../../serialize/serializer.js';
import { EVENT } from '../../../model/vocabulary.js';
import type { InternalErrors } from '../../internal-errors.js';
import type { ContactResolver } from '../../trace/contact/contact-resolver.js';
import type { FlightRecorder } from '../../trace/flight-recorder.js';
import type { Lifecycle } from '../../trace/lifecycle.js';
import type { TraceOutput } from '../../trace/trace-output.js';
import type { Failure, Visit } from '../visit.js';
import { answerText, takeAnswer, answerMessage } from './error-response.js';
import { graphqlErrors, isGraphqlRequest } from './graphql-errors.js';
import { type HeadArguments, type ResponseHeader, sentHeader } from './response-header.js';
import { mayReply, repliesIn } from './response-reply.js';
import type { ResponseEnd } from './response-listener.js';
import { transferError } from './transfer-error.js';
import { writtenBody } from './written-body.js';

/** Characters kept of the message in a response. */
const MAX_ANSWER_MESSAGE = 500;

const IN_RESPONSE: ErrorAbout = { inResponse: true };

export interface ResponseParts {
  readonly recorder: FlightRecorder;
  readonly contacts: ContactResolver;
  readonly lifecycle: Lifecycle;
  readonly output: TraceOutput;
  readonly serializer: Serializer;
  readonly clock: Clock;
  readonly responseHeader: string | false;
  readonly internalErrors: InternalErrors;
}

/** Records the response of a request and the errors that it shows. */
export class ResponseRecorder {
  constructor(private readonly parts: ResponseParts) {}

  /** The headers are about to go out: the trace's id is fixed. Returns the header to add. */
  headers(visit: Visit): ResponseHeader | undefined {
    const { output, contacts, responseHeader } = this.parts;
    const { trace } = visit;
    output.settle(trace);
    if (!trace.recording) return undefined;
    contacts.resolve(trace);
    this.recordHeldFailure(visit);
    trace.headersSent = true;
    return responseHeader === false ? undefined : { name: responseHeader, value: trace.traceId };
  }

  /** The response is over. */
  end(visit: Visit, response: ServerResponse, { cut, status: sent, errorAnswer, head }: ResponseEnd): void {
    const { contacts, output, clock, recorder, lifecycle } = this.parts;
    const { trace, ref, method, target } = visit;
    const answer = takeAnswer(response);
    trace.responseDone = true;
    output.settle(trace);
    if (!trace.recording) return;
    const ts = clock.now();
    trace.touch(performance.now(), ts);
    trace.clientLeft = cut === 'client' || cut === 'upload';
    contacts.resolveAtEnd(trace);
    this.recordHeldFailure(visit);
    // 499 is nginx's status for "the client closed the request": no answer went out, so there is no status of our own.
    const status = cut === 'upload' || (cut && !response.headersSent) ? 499 : sent;
    trace.events += 1;
    output.append(trace, {
      kind: 'response',
      ts,
      trace: trace.key,
      status,
      ms: Math.round((trace.lastActivity - trace.startedMono) * 1000) / 1000,
      // A response that this side cut off is an error, or the end of an event stream; the client did not leave.
      aborted: trace.clientLeft ? true : undefined,
      error: status < 400 && trace.errors === 0 ? undefined : this.errorIn(errorAnswer ?? answerText(answer)),
    });
    if (!cut && status >= 200 && status < 300) this.recordReplies(visit, response, head, answer);
    if (isGraphqlRequest(visit.request, target.search)) this.recordGraphqlErrors(visit, answer);
    const error = transferError(response, status, { cut, errorAnswer, recorded: trace.errors });
    if (error) recorder.error(ref, `${method} ${target.path}`, error, undefined, IN_RESPONSE);
    // Another answer below 400 comes from a middleware, which may still be at work (Telegraf, Bolt).
    if (!trace.handlerReached && !cut && (status >= 400 || visit.refused)) lifecycle.endRefused(trace);
  }

  recordFailure({ ref, method, target }: Visit, { exception, about }: Failure): void {
    this.parts.recorder.error(ref, `${method} ${target.path}`, exception, undefined, about);
  }

  private recordHeldFailure(visit: Visit): void {
    const { failure } = visit;
    visit.failure = undefined;
    if (failure) this.recordFailure(visit, failure);
  }

  /** Replies in an answer that really went out. A rule of the application that throws is counted. */
  private recordReplies(
    { trace, ref, request }: Visit,
    response: ServerResponse,
    head: HeadArguments | undefined,
    answer: string | Uint8Array | undefined,
  ): void {
    const { dialect, replyRule: rule } = trace;
    if (!mayReply({ dialect, rule })) return;
    const replies = this.parts.internalErrors.guard('reply in the response', () => {
      const body = writtenBody(response, answer, sentHeader(response, head, 'content-encoding'));
      const type = sentHeader(response, head, 'content-type');
      return body && repliesIn(body, { dialect, request: request.body, rule, type });
    });
    for (const reply of replies ?? []) this.parts.recorder.event(ref, EVENT.sent, { ...reply, via: 'response' });
  }

  /** Message of the error in a response's body: it proves which recorded error became the response. */
  private errorIn(body: string | undefined): string | undefined {
    const message = answerMessage(body);
    return message === undefined ? undefined : this.parts.serializer.text(message, MAX_ANSWER_MESSAGE);
  }

  /** Errors of the document, and of resolvers that no layer of Nest surrounds. Recorded ones are left out. */
  private recordGraphqlErrors(visit: Visit, answer: string | Uint8Array | undefined): void {
    const { recorder, serializer } = this.parts;
    const { trace, ref } = visit;
    const errors = graphqlErrors(answer);
    // An application that masks messages words the same errors differently: then their number is compared.
    if (errors.length <= trace.errors) return;
    for (const error of errors) {
      if (trace.hasErrorMessage(serializer.text(error.message))) continue;
      const location = error.path === undefined ? `${visit.method} ${visit.target.path}` : `GraphQL ${error.path}`;
      recorder.error(ref, location, error, undefined, IN_RESPONSE);
    }
  }
}
