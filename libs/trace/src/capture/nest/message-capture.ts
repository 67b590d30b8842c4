import { runWith } from '../../context/trace-context.js';
import type { TraceRef } from '../../context/recorder.js';
import type { TraceWebhookOptions } from '../../context/decorators/trace-webhook.decorator.js';
import { EVENT } from '../../model/vocabulary.js';
import type { CapturedRequest } from '../capture.options.js';
import type { FlightRecorder } from '../trace/flight-recorder.js';
import type { InternalErrors } from '../internal-errors.js';
import type { ContactResolver } from '../trace/contact-resolver.js';

/** A message of a microservice's transport or of a WebSocket, for a handler that says `@TraceWebhook()`. */
export interface ArrivedMessage {
  /** Stands where a request has its method. */
  transport: 'RPC' | 'WS';
  /** What the handler subscribed to; stands where a request has its path. */
  pattern: string;
  data: unknown;
  /** `Class.method`. */
  handler: string;
  options: TraceWebhookOptions;
}

/** A trace that a message opened. */
export interface MessageTrace {
  readonly ref: TraceRef;
  /** Runs `fn` in it. */
  run<R>(fn: () => R): R;
  /** What the handler threw, or what its stream failed with. */
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
    private readonly identifier: ContactResolver,
    private readonly internalErrors: InternalErrors,
  ) {}

  /** A guard turned the message away: a trace of that, and of nothing else. */
  refuse(message: ArrivedMessage, guard: string, error: unknown): void {
    const trace = this.open(message);
    if (!trace) return;
    const { recorder } = this;
    recorder.event(trace.ref, EVENT.messageRejected, { guard });
    // In the place of the route, as for a request: of the handler nothing ran.
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
  open({ transport, pattern, data, handler, options }: ArrivedMessage): MessageTrace | undefined {
    return this.internalErrors.guard('message', () => {
      const { recorder } = this;
      const path = pattern.slice(0, 2_048);
      const trace = recorder.open(undefined, { method: transport, path });
      trace.request = {
        request: asRequest(transport, path, data),
        method: transport,
        path,
        search: '',
        declared: givenData(options, data),
      };
      this.identifier.now(trace, handler);
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

/** Stands for the exception that Nest throws where a guard answers `false`; only its filters get to see that one. */
class MessageRefused extends Error {
  override readonly name = 'MessageRefused';

  constructor(guard: string) {
    super(`${guard} refused the message`);
    // Where it was made tells nothing of where it came from.
    this.stack = undefined;
  }
}

/** What dialects and the application's own `capture.contactId` look at: a request whose body is the message. */
function asRequest(method: string, url: string, body: unknown): CapturedRequest {
  return { method, url, headers: {}, query: {}, body };
}

/** The decorator's own functions are asked about the data: on a message handler there is no request. */
function givenData({ type, contactId, message }: TraceWebhookOptions, data: unknown): TraceWebhookOptions {
  return {
    type,
    contactId: contactId && (() => contactId(data as never)),
    message: message && (() => message(data as never)),
  };
}
