import { types } from 'node:util';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { isAbort } from '../../../context/follow/streams/abort-error.js';
import { dataAt } from '../../../context/follow/streams/data-at.js';
import { interceptMethod } from '../../../context/follow/streams/intercept-method.js';
import type { Original } from '../../../context/follow/streams/intercept-method.js';
import { reportInternalError } from '../../../context/recorder.js';
import type { CallObserver, CallTarget, TraceRecorder } from '../../../context/recorder.js';
import { headerTexts, requestHeaders } from './http-target.js';
import type { HeaderTexts } from './http-target.js';

type Args = unknown[];

/**
 * One request of `node:http` and its response. Four methods of this one request and one of its response are replaced:
 * `write` and `end` see the body's bytes, `destroy` sees who broke off, `emit` sees the response and the errors, and
 * `push` the response's bytes. Listeners would be simpler, but one for `response` keeps Node from discarding a response that
 * nobody wants, one for `error` hides an unhandled error, and one for `data` starts the flow.
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
    interceptMethod(request, 'write', (original, args) => call.write(original, args));
    interceptMethod(request, 'end', (original, args) => call.end(original, args));
    interceptMethod(request, 'destroy', (original, args) => call.destroy(original, args));
    interceptMethod(request, 'emit', (original, args) => call.emit(original, args));
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
    if (!before && this.request.destroyed) this.tell(() => this.brokenOff(args[0]));
    return result;
  }

  /** By the application: `destroy`, `abort`, a signal. An error that says more than "aborted" is the reason. */
  private brokenOff(reason: unknown): void {
    const cause = timeoutIn(reason);
    if (cause !== undefined) this.failed(cause);
    else if (reason instanceof Error || types.isNativeError(reason)) this.failed(reason);
    else if (this.timingOut) this.failed(timedOut());
    else this.left();
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
    else if (event === 'error') this.failed(first);
    else if (event === 'close') this.closed();
  }

  private responded(response: IncomingMessage): void {
    this.response = response;
    this.headersSent();
    interceptMethod(response, 'push', (original, args) => {
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
    // A response without a body's end, or a switch of protocols that nobody listens for.
    if (response === undefined) return this.left();
    // An error of Node's own; one with which the application destroyed the response is its business.
    const { errored } = response;
    if (dataAt(errored, 'code') === 'ECONNRESET') this.failed(errored);
    else if (!response.complete) this.left();
  }

  private finished(): void {
    if (this.settle()) this.observer.finished();
  }

  private failed(error: unknown): void {
    if (isAbort(error) && timeoutIn(error) === undefined) return this.left();
    if (this.settle()) this.observer.failed(error);
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

/** The bytes of a chunk; a text in UTF-8 stays a text. */
function bytesOf(chunk: unknown, encoding: unknown): Uint8Array | string | undefined {
  if (chunk instanceof Uint8Array || types.isUint8Array(chunk)) return chunk;
  if (typeof chunk !== 'string') return undefined;
  const isUtf8 = typeof encoding !== 'string' || /^utf-?8$/i.test(encoding);
  return isUtf8 ? chunk : Buffer.from(chunk, encoding as BufferEncoding);
}

/** Headers that are new or have another value; `undefined`: none. */
function differences(before: CallTarget['headers'], now: HeaderTexts): HeaderTexts | undefined {
  let added: HeaderTexts | undefined;
  for (const name in now) {
    if (before?.[name] === now[name]) continue;
    added ??= Object.create(null) as HeaderTexts;
    added[name] = now[name]!;
  }
  return added;
}

/** The timeout in the error of a signal: `AbortSignal.timeout` gives it as the cause of an `AbortError`. */
function timeoutIn(error: unknown): unknown {
  const cause = dataAt(error, 'cause');
  return cause instanceof DOMException && cause.name === 'TimeoutError' ? cause : undefined;
}

/** The request's own timeout, for which Node has no error. */
function timedOut(): Error {
  return Object.assign(new Error('The request timed out'), { code: 'ETIMEDOUT' });
}
