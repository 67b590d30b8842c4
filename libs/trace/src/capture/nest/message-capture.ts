import { runWith } from '../../context/trace-context.js';
import type { TraceRef } from '../../context/recorder.js';
import type { ReadWebhookOptions } from '../../context/decorators/trace-webhook.decorator.js';
import type { TracedRequest } from '../../context/traced-request.js';
import type { FlightRecorder } from '../trace/flight-recorder.js';
import type { InternalErrors } from '../internal-errors.js';
import type { TraceOpener } from '../trace/trace-opener.js';
import { readTraceParent } from '../trace/trace-parent.js';
import type { ContactResolver } from '../trace/contact/contact-resolver.js';
import { EVENT } from '../../model/vocabulary.js';
import type { MessageHeaders } from './message-headers.js';

/** A message of a microservice's transport or of a WebSocket, for a handler that says `@TraceWebhook()`. */
export interface ArrivedMessage {
  /** Recorded in place of a request's method. */
  transport: 'RPC' | 'WS';
  /** The handler's subscription, recorded in place of a request's path. */
  pattern: string;
  data: unknown;
  /** Headers of W3C that came with it. */
  headers: MessageHeaders;
  /** `Class.method`. */
  handler: string;
  options: ReadWebhookOptions;
}

/** A trace that a message opened. */
export interface MessageTrace {
  readonly ref: TraceRef;
  /** Runs `fn` in it. */
  run<R>(fn: () => R): R;
  /** The error of the handler, or of its stream. */
  fail(error: unknown): void;
  /** The client left before the answer was out. `cutOff`: the handler's Observable was unsubscribed from. */
  left(cutOff: boolean): void;
  /** Keeps it open until the answered function is called: once per use of the handler's result. */
  hold(): () => void;
}

/** Opens traces for messages: no response will come, so its end is the end of the handler's work. */
export class MessageCapture {
  constructor(
    private readonly recorder: FlightRecorder,
    private readonly opener: TraceOpener,
    private readonly contacts: ContactResolver,
    private readonly internalErrors: InternalErrors,
  ) {}

  /** Records a message that a guard rejected: a trace with the rejection and nothing else. */
  refuse(message: ArrivedMessage, guard: string, error: unknown): void {
    const trace = this.open(message);
    if (!trace) return;
    const { recorder } = this;
    recorder.event(trace.ref, EVENT.messageRejected, { guard });
    // Located at the pattern, as a request's is at its route: the handler did not run.
    recorder.error(
      trace.ref,
      `${message.transport} ${message.pattern}`,
      error ?? new MessageRefused(guard),
      undefined,
      {
        guard,
      },
    );
  }

  /** `undefined`: it could not be opened; the message is handled all the same. */
  open({ transport, pattern, data, headers, handler, options }: ArrivedMessage): MessageTrace | undefined {
    return this.internalErrors.guard('message', () => {
      const { recorder } = this;
      const path = pattern.slice(0, 2_048);
      const trace = this.opener.open(readTraceParent(headers.traceparent, headers.tracestate), {
        method: transport,
        path,
        baggage: headers.baggage,
      });
      trace.request = {
        request: asRequest(transport, path, data),
        method: transport,
        path,
        search: '',
        declared: readingData(options, data),
      };
      this.contacts.resolve(trace, handler);
      const ref: TraceRef = { recorder, key: trace.key };
      return {
        ref,
        run: (fn) => runWith(ref, fn),
        fail: (error) => recorder.error(ref, handler, error),
        left: (cutOff) =>
          void this.internalErrors.guard('message', () => {
            trace.clientLeft = true;
            if (cutOff) recorder.event(ref, EVENT.handlerCancelled, { handler });
          }),
        hold: () => recorder.hold(ref),
      };
    });
  }
}

/** Replaces the exception that Nest throws where a guard returns `false`: only Nest's filters receive that one. */
class MessageRefused extends Error {
  override readonly name = 'MessageRefused';

  constructor(guard: string) {
    super(`${guard} refused the message`);
    // The stack would lead here, not to the guard.
    this.stack = undefined;
  }
}

/** The message as a request, for the dialects and the application's own `capture.contactId`: its body is the message. */
function asRequest(method: string, url: string, body: unknown): TracedRequest {
  return { method, url, headers: {}, query: {}, body };
}

/** The decorator's own functions receive the data: a message handler has no request. */
function readingData({ type, contactId, message }: ReadWebhookOptions, data: unknown): ReadWebhookOptions {
  return {
    type,
    contactId: contactId && (() => contactId(data as never)),
    message: message && (() => message(data as never)),
  };
}
