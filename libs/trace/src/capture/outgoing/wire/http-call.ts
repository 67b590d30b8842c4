import type { ClientRequest, IncomingMessage } from 'node:http';
import { dataAt } from '../../../context/follow/streams/data-at.js';
import { reportInternalError } from '../../../context/recorder.js';
import type { CallObserver, CallTarget, TraceRecorder } from '../../../context/recorder.js';
import { bytesOf } from './http-bytes.js';
import { failureIn, failureOfDestroyed } from './http-failure.js';
import { differences, headerTexts, requestHeaders } from './http-headers.js';
import type { HeaderTexts } from './http-headers.js';
import { replaceMethod } from './http-method.js';
import type { Original } from './http-method.js';

type Args = unknown[];

/**
 * One request of `node:http` and its response. Four methods of this one request and one of its response are replaced:
 * `write` and `end` see the body's bytes, `destroy` sees who broke off, `emit` sees the response and the errors, and
 * `push` the response's bytes. Listeners would be simpler, but one for `response` keeps Node from discarding a response that
 * has no reader, one for `error` hides an unhandled error, and one for `data` starts the flow.
 */
export class HttpCall {
  private over = false;
  private response: IncomingMessage | undefined;
  private sentHeaders: HeaderTexts | undefined;
  private bodySent = false;
  /** Whether listeners of `timeout` are running. */
  private timingOut = false;

  private constructor(
    private readonly request: ClientRequest,
    private readonly firstHeaders: CallTarget['headers'],
    private readonly observer: CallObserver,
    private readonly recorder: TraceRecorder,
  ) {}

  static observe(request: ClientRequest, target: CallTarget, observer: CallObserver, recorder: TraceRecorder): void {
    const call = new HttpCall(request, target.headers, observer, recorder);
    replaceMethod(request, 'write', (original, args) => call.write(original, args));
    replaceMethod(request, 'end', (original, args) => call.end(original, args));
    replaceMethod(request, 'destroy', (original, args) => call.destroy(original, args));
    replaceMethod(request, 'emit', (original, args) => call.emit(original, args));
    // An agent of another kind may come to the request when the application has sent it already.
    if (request.writableEnded) call.sentAll();
  }

  private write(original: Original, args: Args): unknown {
    const takes = this.takesBody();
    const result = original(args);
    if (takes) this.sent(args[0], args[1]);
    return result;
  }

  private end(original: Original, args: Args): unknown {
    const takes = this.takesBody();
    const result = original(args);
    if (!takes) return result;
    // `end(callback)`, `end(null)`, `end('')` send nothing.
    if (args[0] && typeof args[0] !== 'function') this.sent(args[0], args[1]);
    this.sentAll();
    return result;
  }

  /** Node refuses what is written after the end. */
  private takesBody(): boolean {
    return !this.over && !this.request.writableEnded && !this.request.destroyed;
  }

  private sent(chunk: unknown, encoding: unknown): void {
    this.tell(() => {
      this.headersSent();
      const bytes = bytesOf(chunk, encoding);
      if (bytes !== undefined) this.observer.sent(bytes);
    });
  }

  private sentAll(): void {
    if (this.bodySent || this.over) return;
    this.bodySent = true;
    this.tell(() => {
      this.headersSent();
      this.observer.sentAll();
    });
  }

  /** The headers can change until the first byte. */
  private headersSent(): void {
    if (this.sentHeaders !== undefined) return;
    this.sentHeaders = requestHeaders(this.request);
    const added = differences(this.firstHeaders, this.sentHeaders);
    if (added !== undefined) this.observer.requestHeaders(added);
  }

  private destroy(original: Original, args: Args): unknown {
    const before = this.request.destroyed;
    const result = original(args);
    if (!before && this.request.destroyed) this.tell(() => this.settleBy(failureOfDestroyed(args[0], this.timingOut)));
    return result;
  }

  private emit(original: Original, args: Args): unknown {
    const [event, first] = args;
    if (event === 'timeout') return this.emitTimeout(original, args);
    if (!this.over) this.tell(() => this.before(event, first));
    return original(args);
  }

  private emitTimeout(original: Original, args: Args): unknown {
    this.timingOut = true;
    try {
      return original(args);
    } finally {
      this.timingOut = false;
    }
  }

  private before(event: unknown, first: unknown): void {
    if (event === 'response') this.responded(first as IncomingMessage);
    else if (event === 'upgrade' || event === 'connect') this.switched(first as IncomingMessage);
    else if (event === 'error') this.settleBy(failureIn(first));
    else if (event === 'close') this.closed();
  }

  private responded(response: IncomingMessage): void {
    this.response = response;
    this.headersSent();
    replaceMethod(response, 'push', (original, args) => {
      if (!this.over) this.tell(() => this.pushed(args[0]));
      return original(args);
    });
    this.observer.responded(response.statusCode ?? 0, headerTexts(response.headers));
  }

  private pushed(chunk: unknown): void {
    if (chunk !== null) this.observer.received(chunk as Uint8Array);
    // Node also ends a response whose connection broke.
    else if (this.response?.complete) this.finished();
  }

  /** What follows is another protocol. */
  private switched(response: IncomingMessage): void {
    this.headersSent();
    this.observer.responded(response.statusCode ?? 0, headerTexts(response.headers));
    this.finished();
  }

  /** Closed before the end. */
  private closed(): void {
    const { response } = this;
    // A response without a body's end, or a switch of protocols without a listener.
    if (response === undefined) return this.left();
    // An error of Node's own; one with which the application destroyed the response is its business.
    const { errored } = response;
    if (dataAt(errored, 'code') === 'ECONNRESET') this.settleBy(errored);
    else if (!response.complete) this.left();
  }

  private finished(): void {
    if (this.settle()) this.observer.finished();
  }

  private settleBy(failure: unknown): void {
    if (failure === undefined) this.left();
    else if (this.settle()) this.observer.failed(failure);
  }

  private left(): void {
    // A client that follows a redirect leaves the response as soon as it has the address.
    if (this.redirects) this.finished();
    else if (this.settle()) this.observer.left();
  }

  private get redirects(): boolean {
    const { statusCode = 0, headers } = this.response ?? {};
    return statusCode >= 300 && statusCode < 400 && headers?.location !== undefined;
  }

  private settle(): boolean {
    if (this.over) return false;
    this.over = true;
    return true;
  }

  private tell(fn: () => void): void {
    try {
      fn();
    } catch (error) {
      reportInternalError(this.recorder, 'http.call', error);
    }
  }
}
